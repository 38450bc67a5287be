internal import CLinux
internal import Glibc
internal import SystemPackage

/// A child that runs beside the loop: its output is collected, its end reported once.
///
/// The child has a process group of its own, no signal blocked or ignored, null or file input, and
/// no descriptor but the standard three. It can be stopped, and is when its time is up: TERM to the
/// group first, KILL after a grace of 5 seconds.
package final class ChildProcess {
  /// How a child ended.
  package enum Ending: Equatable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)

    package var description: String {
      switch self {
      case .exited(let code): "exit \(code)"
      case .killed(let signal): "killed by signal \(signal)"
      }
    }
  }

  /// All that is known of a child after its end.
  package struct Outcome: Sendable {
    package let ending: Ending
    package let output: BoundedOutput
    package let duration: Duration
    /// Whether it was stopped because its time was up.
    package let isTimedOut: Bool
    /// Whether `stop` was called.
    package let isStopped: Bool

    /// Whether the child ended by itself with exit code 0.
    package var isSuccess: Bool { ending == .exited(0) && !isTimedOut && !isStopped }
  }

  package let pid: Int32
  private let loop: EventLoop
  private let output: OwnedDescriptor
  private let exit: OwnedDescriptor
  private let started = Instant.now
  private var collected: BoundedOutput
  private var outputToken: EventLoop.Token?
  private var exitToken: EventLoop.Token?
  private var timer: EventLoop.Token?
  private var isTimedOut = false
  private var isStopped = false
  private var isTerminated = false
  private var completion: ((Outcome) -> Void)?

  /// The time between TERM and KILL.
  private static let grace = Duration.seconds(5)

  init(
    pid: Int32, output: OwnedDescriptor, on loop: EventLoop, timeout: Duration, outputLimit: Int,
    _ completion: @escaping (Outcome) -> Void
  ) throws(SystemError) {
    self.pid = pid
    self.loop = loop
    self.output = output
    self.completion = completion
    collected = BoundedOutput(limit: outputLimit)
    do {
      exit = OwnedDescriptor(owning: try check("watch child") { linux_pidfd_open(pid) })
    } catch {
      // Without a way to wait for it, the child cannot be left alone.
      kill(-pid, SIGKILL)
      waitpid(pid, nil, 0)
      throw error
    }
    // The handlers hold this object until the child has ended.
    outputToken = loop.watch(output.raw) { [self] _ in collect(chunks: 1) }
    exitToken = loop.watch(exit.raw) { [self] _ in finish() }
    timer = loop.schedule(after: timeout) { [self] in
      isTimedOut = true
      terminate()
    }
  }

  /// Asks the child to end, and makes sure of it after the grace.
  ///
  /// Nothing happens when it has ended: its number may be that of a stranger by now.
  package func stop() {
    guard completion != nil else { return }
    isStopped = true
    terminate()
  }

  /// Does nothing until a moment is over or the child has ended: a program that comes up is slowed
  /// by whatever its parent does meanwhile.
  ///
  /// Nothing on the loop is served for so long.
  ///
  /// - Parameter milliseconds: The moment, at most.
  package func letComeUp(within milliseconds: Int32) {
    var state = pollfd(fd: exit.raw, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&state, 1, milliseconds)
  }

  private func terminate() {
    signalGroup(SIGTERM)
    // Who asks once more does not put off the end.
    guard !isTerminated else { return }
    isTerminated = true
    loop.cancel(timer)
    timer = loop.schedule(after: Self.grace) { [self] in signalGroup(SIGKILL) }
  }

  private func signalGroup(_ signal: CInt) {
    if kill(-pid, signal) != 0 { kill(pid, signal) }
  }

  /// Reads what the child wrote; a grandchild that keeps writing cannot hold us.
  private func collect(chunks: Int) {
    for _ in 0..<chunks {
      guard let bytes = try? output.read(upTo: 1 << 16) else { return }
      if bytes.isEmpty {
        loop.cancel(outputToken)
        outputToken = nil
        return
      }
      collected.append(bytes)
    }
  }

  private func finish() {
    var status: CInt = 0
    guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return }
    loop.cancel(exitToken)
    loop.cancel(timer)
    collect(chunks: 16)
    loop.cancel(outputToken)
    let signal = status & 0x7f
    let outcome = Outcome(
      ending: signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal),
      output: collected, duration: .now - started, isTimedOut: isTimedOut, isStopped: isStopped)
    let completion = completion
    self.completion = nil
    completion?(outcome)
  }
}
