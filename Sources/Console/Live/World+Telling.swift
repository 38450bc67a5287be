internal import Supervision
internal import SystemPackage
internal import SystemSupport
internal import Updating

extension World {
  /// What a service was and did when it was told something.
  struct Before: CustomStringConvertible {
    let status: ServiceStatus
    private let work: ServiceWork?

    init(_ status: ServiceStatus, _ task: ServiceTask) {
      self.status = status
      let interrupts = [.hup, .restart, .stop, .pause].contains(task)
      work = interrupts ? status.pid.map { .of($0) } : nil
    }

    var description: String { "\(status)" + (work.map { ", \($0.words)" } ?? "") }
  }

  /// Tells a service through svc, and finds out whether it obeyed.
  func tell(_ name: ServiceName, _ task: ServiceTask) {
    let before = Before(ServiceStatus.read(serviceDirectory: name.directory), task)
    ServiceControl.send(task.verbs, to: name.directory, on: loop) { [weak self] outcome in
      guard let self else { return }
      switch outcome {
      case .notDelivered(let reason): conclude(name, task, before, .failed, "svc: \(reason)")
      case .delivered: verify(name, task, before)
      }
    }
  }

  private func conclude(
    _ name: ServiceName, _ task: ServiceTask, _ before: Before, _ kind: Message.Kind,
    _ text: String
  ) {
    say(kind, "\(name.shown): \(text)")
    audit(task.command(name), "was \(before); \(kind.rawValue): \(text)")
    survey()
  }

  private func verify(_ name: ServiceName, _ task: ServiceTask, _ before: Before) {
    switch task {
    case .hup:
      let process = before.status.pid.map { "pid \($0)" } ?? "it"
      conclude(name, task, before, .done, "HUP was sent to \(process)")
    case .restart:
      wait(name, task, before, for: .restarted(from: before.status.pid, steady: settings.staysUp))
    case .start: wait(name, task, before, for: .up(steady: settings.staysUp))
    case .stop: wait(name, task, before, for: .down)
    case .pause, .resume: verifyPause(name, task, before)
    }
  }

  private func wait(
    _ name: ServiceName, _ task: ServiceTask, _ before: Before,
    for condition: ServiceWait.Condition
  ) {
    do {
      try ServiceWait(
        for: condition, of: name.directory, timeout: .seconds(60) + settings.staysUp, on: loop
      ) { [weak self] outcome in
        let (kind, text) = Self.words(outcome, task, before)
        self?.conclude(name, task, before, kind, text)
      }
    } catch {
      conclude(name, task, before, .done, "told, but it cannot be watched: \(error)")
    }
  }

  private static func words(
    _ outcome: ServiceWait.Outcome, _ task: ServiceTask, _ before: Before
  ) -> (Message.Kind, String) {
    switch outcome {
    case .met(let status):
      let now = status.pid.map { "pid \($0)" } ?? "down"
      guard let old = before.status.pid, status.pid != nil else { return (.verified, now) }
      return (.verified, "pid \(old) → \(now), and it stays up")
    case .timedOut(let last): return (.failed, "it did not \(task.rawValue) in a minute: \(last)")
    case .crashLooping(let deaths, let last):
      return (.failed, "it dies right after each start (\(deaths) times): \(last)")
    case .gone(let status): return (.failed, "\(status)")
    }
  }

  /// supervise reads a command up to a second after it was given.
  private func verifyPause(_ name: ServiceName, _ task: ServiceTask, _ before: Before) {
    loop.schedule(after: .milliseconds(1500)) { [weak self] in
      let status = ServiceStatus.read(serviceDirectory: name.directory)
      let isDone = status.isPaused == (task == .pause)
      self?.conclude(name, task, before, isDone ? .verified : .failed, "\(status)")
    }
  }
}
