import Glibc
import SystemSupport
import ToolSupport
import Updating
internal import QmailFiles

/// What update-qmail does, one function an action; output goes to standard output.
struct CommandLinePass {
  /// Whether all is well at the end.
  enum Ending { case fine, trouble }

  private let settings: Settings
  private let zone: Timestamp.Zone
  private let store: StateStore
  private let states: StateCache

  init(_ settings: Settings, zone: Timestamp.Zone) {
    self.settings = settings
    self.zone = zone
    store = StateStore(settings.stateDirectory)
    states = StateCache(store) { Diagnostics("update-qmail").warning($0) }
  }

  private var survey: StatusSurvey {
    get throws { try StatusSurvey(settings, states, zone: zone) }
  }

  private static func print(_ lines: [String]) throws {
    let output = StandardOutput()
    for line in lines { try output.write(line + "\n") }
    try output.finish()
  }
}

// MARK: - Looking

extension CommandLinePass {
  func showStatus() throws -> Ending {
    let survey = try survey
    try Self.print(StatusTable(survey, zone: zone).lines)
    return survey.isTrouble ? .trouble : .fine
  }

  func showJSON() throws -> Ending {
    let survey = try survey
    let output = StandardOutput()
    try output.write(try StatusReport(survey, settings).json())
    try output.finish()
    return survey.isTrouble ? .trouble : .fine
  }

  func showPlan(forcing names: [String]) throws -> Ending {
    let survey = try survey
    try refuseUnknown(names, survey)
    let plan = Plan(survey, order(forcing: names))
    try Self.print(plan.lines(andWhatStays: true))
    return .fine
  }

  private func order(forcing names: [String]) -> PassOrder {
    PassOrder(forced: Set(names), includesOpaque: true, cause: ["update-qmail"], asked: .now)
  }

  private func refuseUnknown(_ names: [String], _ survey: StatusSurvey) throws {
    let known = survey.rules.map(\.rule.name)
    for name in names where !known.contains(name) {
      throw ToolFailure(
        .configuration,
        "no rule is called \(VisibleText.escape(name)); there are: "
          + known.joined(separator: ", "))
    }
  }
}

// MARK: - Acting

extension CommandLinePass {
  func makePass(forcing names: [String]) throws -> Ending {
    try refuseUnknown(names, try survey)
    let order = order(forcing: names)
    var result = PassResult()
    try run { environment, done in
      let pass = Pass(order, in: environment, states: states) {
        result = $0
        done()
      }
      pass.start()
      return { pass.stop() }
    }
    if result.isStopped { throw ToolFailure(.cannotWork, "stopped by a signal") }
    if let failure = result.failure { throw ToolFailure(.cannotWork, failure) }
    return result.isTrouble ? .trouble : .fine
  }

  func rollBack(_ name: String) throws -> Ending {
    var result: Result<RunReport, RollbackError>?
    try run { environment, done in
      Rollback(name, in: environment, states: states) {
        result = $0
        done()
      }.start()
      return {}
    }
    switch result {
    case .failure(.noSuchRule(let name)):
      try refuseUnknown([name], try survey)
      throw ToolFailure(.configuration, "\(RollbackError.noSuchRule(name))")
    case .failure(let error): throw ToolFailure(.failed, "\(error)")
    case .success, nil: break
    }
    return .fine
  }

  /// Runs the loop until the work says that it is done; a signal asks the work to stop.
  private func run(
    _ start: (PassEnvironment, _ done: @escaping () -> Void) -> () -> Void
  ) throws {
    guard geteuid() == 0 || !settings.layout.root.isHost else {
      throw ToolFailure(.cannotWork, "only root can do this; --status and --dry-run need no right")
    }
    // vpopmail sends HUP to all whose words hold the name qmail-send, such as our own --force.
    let isAttended = StandardStreams.isAttended
    if !isAttended { Signals.ignore(.hangup) }
    let loop = EventLoop()
    let output = LineOutput()
    let environment = PassEnvironment(
      settings: settings, store: store, loop: loop, journal: Journal(output.write),
      program: "update-qmail", operatorName: OperatorName.current)
    var isDone = false
    var stop = {}
    // Before the work begins, which a signal would end without a word.
    let stopping: [Signals.Signal] = [.terminate, .interrupt] + (isAttended ? [.hangup] : [])
    let signals = try Signals(stopping, on: loop) { _ in stop() }
    stop = start(environment) {
      isDone = true
      loop.stop()
    }
    if !isDone { try loop.run() }
    withExtendedLifetime(signals) {}
  }
}
