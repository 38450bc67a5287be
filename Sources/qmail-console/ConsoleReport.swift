internal import Console
internal import SystemPackage
internal import SystemSupport
internal import ToolSupport
internal import Updating

/// The console's picture as data.
enum ConsoleReport {
  /// Prints what `update-qmail --json` prints, with the services beside the rules.
  static func print(_ settings: Settings, from source: SettingsSource) throws {
    let diagnostics = Diagnostics("qmail-console")
    let states = StateCache(StateStore(settings.stateDirectory)) { diagnostics.warning($0) }
    let survey = try StatusSurvey(settings, states)
    let loop = EventLoop()
    var services: [Service] = []
    let world = World(settings, from: source, access: Facts.Access(), on: loop) { event in
      if case .facts(let facts) = event { services = facts.services }
    }
    world.start(isLive: false)
    let output = StandardOutput()
    try output.write(try ServiceReport(services).json(with: StatusReport(survey, settings)))
    try output.finish()
    if survey.isTrouble { throw ToolFailure(.failed) }
  }
}
