package import SystemPackage
package import SystemSupport

/// Waits until a service is as it was told to be, and says so only when it is sure.
///
/// It looks when supervise reports something and at its own deadlines, and never in between.
package final class ServiceWait {
  /// What is waited for.
  package enum Condition: Sendable {
    /// Another process than the old one, which stays up for a while.
    case restarted(from: Int32?, steady: Duration = .seconds(3))
    /// Any process that stays up for a while.
    case up(steady: Duration = .seconds(3))
    case down
  }

  /// How the wait ended.
  package enum Outcome: Equatable, Sendable {
    /// The condition holds; the status tells the pid.
    case met(ServiceStatus)
    /// The time is up; the last status may still show the old process.
    case timedOut(last: ServiceStatus)
    /// New processes came up and died at once, this many of them.
    case crashLooping(deaths: Int, last: ServiceStatus)
    /// No supervise answers any more; the status tells why.
    case gone(ServiceStatus)
  }

  private let loop: EventLoop
  private var judge: ServiceWaitJudge
  private var monitor: ServiceMonitor?
  private var deadline: EventLoop.Token?
  private var steadyTimer: EventLoop.Token?
  private var completion: ((Outcome) -> Void)?

  /// Starts to wait.
  ///
  /// The wait goes on whether or not this object is kept, until its end or `cancel`.
  ///
  /// - Parameters:
  ///   - condition: What to wait for.
  ///   - serviceDirectory: The service.
  ///   - timeout: The most that it may take, the steady time included.
  ///   - loop: Where the completion is called.
  ///   - completion: Gets the outcome, once, never before this call returns.
  /// - Throws: `SystemError` when the kernel has no watch left.
  @discardableResult
  package init(
    for condition: Condition, of serviceDirectory: FilePath, timeout: Duration,
    on loop: EventLoop, _ completion: @escaping (Outcome) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.completion = completion
    judge = ServiceWaitJudge(condition)
    monitor = try ServiceMonitor(serviceDirectory, on: loop) { [weak self] _ in self?.consider() }
    deadline = loop.schedule(after: timeout) { [self] in giveUp() }
    steadyTimer = loop.schedule(after: .zero) { [self] in consider() }
  }

  /// Gives up waiting; no completion is called.
  package func cancel() {
    completion = nil
    monitor?.cancel()
    monitor = nil
    loop.cancel(deadline)
    loop.cancel(steadyTimer)
  }

  private func consider() {
    guard let status = monitor?.status else { return }
    loop.cancel(steadyTimer)
    switch judge.look(at: status, clock: .now, now: .now) {
    case .wait(nil): break
    case .wait(let pause?): steadyTimer = loop.schedule(after: pause) { [self] in lookAgain() }
    case .end(let outcome): finish(outcome)
    }
  }

  /// At the end of the steady time: supervise's last word may be on its way to us.
  private func lookAgain() {
    monitor?.look()
    consider()
  }

  private func giveUp() {
    guard let monitor else { return }
    monitor.look()
    // That look may have ended the wait.
    guard completion != nil else { return }
    finish(
      judge.deaths > 0
        ? .crashLooping(deaths: judge.deaths, last: monitor.status)
        : .timedOut(last: monitor.status))
  }

  private func finish(_ outcome: Outcome) {
    let completion = completion
    cancel()
    completion?(outcome)
  }
}
