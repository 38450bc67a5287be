internal import Supervision
internal import SystemPackage
internal import SystemSupport
internal import QmailFiles

/// Makes a running service read its files: `svc -h`, or `svc -t` and a new process.
///
/// svc says nothing of what became of its command. So a reload is checked against the service's
/// log, and a restart against a new process that stays up.
final class ServiceRun: RuleRun {
  private let rule: Rule
  private let directory: FilePath
  private let environment: PassEnvironment
  private let completion: (RunOutcome) -> Void
  private var wait: ServiceWait?
  private var timer: EventLoop.Token?
  private var log: (directory: FilePath, position: LogPosition?)?
  private var watch: LogWatchForLine?
  private var isDone = false
  private var outcome = RunOutcome(result: .failed, summary: "")

  /// What qmail-send says when it cannot read a file again; it keeps all the old values then.
  private static let complaint = "alert: unable to reread"

  init(
    _ rule: Rule, service directory: FilePath, in environment: PassEnvironment,
    _ completion: @escaping (RunOutcome) -> Void
  ) {
    self.rule = rule
    self.directory = directory
    self.environment = environment
    self.completion = completion
  }

  func start() {
    let status = ServiceStatus.read(serviceDirectory: directory)
    guard case .up(let pid) = status.state else {
      return finish(.failed, "the service is not up: \(status)")
    }
    // A signal would lie there until svc -c, and silence would prove nothing.
    if status.isPaused { return finish(.failed, "the service is paused: \(status)") }
    let verb: ServiceVerb = rule.action == .restart ? .terminate : .hup
    outcome.command = ServiceControl.command([verb], to: directory).typed
    if rule.action == .restart { awaitRestart(of: pid) } else { noteLogPosition() }
    ServiceControl.send([verb], to: directory, on: environment.loop) { [self] sent in
      if case .notDelivered(let reason) = sent { return finish(.failed, "svc: \(reason)") }
      if rule.action == .reload { awaitReload(of: status, pid) }
    }
  }

  func stop() { finish(.failed, "stopped before it was verified") }

  private func finish(_ result: RunReport.Result, _ summary: String) {
    guard !isDone else { return }
    isDone = true
    wait?.cancel()
    watch?.cancel()
    environment.loop.cancel(timer)
    outcome.result = result
    outcome.summary = summary
    completion(outcome)
  }
}

// MARK: - Restarting

extension ServiceRun {
  private func awaitRestart(of pid: Int32) {
    do {
      wait = try ServiceWait(
        for: .restarted(from: pid, steady: environment.settings.staysUp), of: directory,
        timeout: rule.timeout, on: environment.loop
      ) { [self] in conclude($0) }
    } catch {
      finish(.failed, "\(error)")
    }
  }

  private func conclude(_ result: ServiceWait.Outcome) {
    switch result {
    case .met(let status):
      let stayed = Int(environment.settings.staysUp.seconds)
      finish(.restarted, "restarted: pid \(status.pid ?? 0), up for \(stayed) s")
    case .timedOut(let last):
      finish(.failed, "no new process after \(Int(rule.timeout.seconds)) s: \(last)")
    case .crashLooping(let deaths, let last):
      finish(.failed, "the new process does not stay up, \(deaths) died: \(last)")
    case .gone(let status): finish(.failed, "supervise is gone: \(status)")
    }
  }
}

// MARK: - Reloading

extension ServiceRun {
  /// Where the service's log ends now, if it can be found.
  private func noteLogPosition() {
    let name = directory.lastComponent?.string ?? ""
    let configured = environment.settings.logDirectories[name].map {
      environment.settings.layout.root($0)
    }
    guard let path = LogDirectory.find(for: directory, configured: configured) else { return }
    log = (path, (try? LogPosition.end(of: path)) ?? nil)
  }

  /// Success is silent: the absence of a complaint for a while is all that can be had.
  private func awaitReload(of status: ServiceStatus, _ pid: Int32) {
    // supervise sleeps for a second after each start, and reads its commands only then.
    let age = Timestamp.now - (status.since ?? .now)
    let duration = max(.zero, .seconds(1) - age) + environment.settings.reloadCheck
    guard let log else {
      timer = environment.loop.schedule(after: duration) { [self] in
        confirm(pid, "reloaded, unverified: its log was not found")
      }
      return
    }
    do {
      watch = try LogWatchForLine(
        for: Self.complaint, in: log.directory, since: log.position, during: duration,
        on: environment.loop
      ) { [self] in conclude($0, pid) }
    } catch {
      finish(.failed, "its log cannot be watched: \(error)")
    }
  }

  private func conclude(_ result: LogWatchForLine.Outcome, _ pid: Int32) {
    switch result {
    case .found(let line): finish(.failed, "its log says: \(VisibleText.escape(line.text))")
    case .notFound: confirm(pid, "reloaded")
    case .unavailable(let error): confirm(pid, "reloaded, unverified: \(error)")
    }
  }

  /// The signal may have been the end of a service that does not know it.
  private func confirm(_ pid: Int32, _ summary: String) {
    let now = ServiceStatus.read(serviceDirectory: directory)
    if now.pid == pid {
      finish(.reloaded, summary)
    } else {
      finish(.failed, "it did not survive the signal: \(now)")
    }
  }
}
