internal import Console
internal import SystemPackage
internal import SystemSupport
internal import ToolSupport
internal import Updating

/// The console's picture as data.
enum ConsoleReport {
  /// Prints what `update-qmail --json` prints, with the services and the consoles beside the rules.
  static func print(_ settings: Settings, from source: SettingsSource) throws {
    let diagnostics = Diagnostics("qmail-console")
    let states = StateCache(StateStore(settings.stateDirectory)) { diagnostics.warning($0) }
    let survey = try StatusSurvey(settings, states)
    let loop = EventLoop()
    var latest: Facts?
    let world = World(settings, from: source, access: Facts.Access(), on: loop) { event in
      if case .facts(let facts) = event { latest = facts }
    }
    world.start(isLive: false)
    let facts = latest ?? Facts(host: "", settings: settings)
    let output = StandardOutput()
    try output.write(try ServiceReport(facts).json(with: StatusReport(survey, settings)))
    try output.finish()
    if survey.isTrouble { throw ToolFailure(.failed) }
  }
}
