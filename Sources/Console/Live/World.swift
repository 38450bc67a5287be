internal import Glibc
internal import QmailFiles
internal import Supervision
internal import SystemPackage
package import SystemSupport
internal import Triggers
package import Updating

/// The world that the console looks at and acts upon, on the program's one loop.
///
/// It sends events and carries out effects. Everything that can take long is a child process.
package final class World {
  var settings: Settings
  let source: SettingsSource
  let loop: EventLoop
  let send: (ConsoleEvent) -> Void
  let store: StateStore
  let states: StateCache
  let program = "qmail-console"
  let operatorName: String?

  var facts: Facts
  var monitors: [ServiceName: Monitors] = [:]
  var follower: LogFollower?
  var history: (service: ServiceName, before: LogPosition?, reader: LogHistory)?
  var search: LogSearch?
  var pass: Pass?
  /// What waits for the end of the pass.
  var afterPass: (() -> Void)?
  /// The previews that are being made, by their rules.
  var previews: [String: PreviewBuild] = [:]
  let previewPlace: PreviewPlace
  var lookups: [String: ChildProcess] = [:]

  /// Whether changes are followed; a picture of the moment watches nothing and has no clock.
  private(set) var isLive = true
  var inputWatch: FileWatch?
  var watchList: WatchList?
  var stateWatch: Inotify?
  /// Whether the state directory was there to be watched.
  var isStateWatched = false
  var register: ConsoleRegister?
  /// Whether the settings are to be read again before the next survey.
  var areSettingsOutdated = false
  var settling: EventLoop.Token?
  var firstChange: Instant?
  var lastSurvey = Instant(nanoseconds: 0)
  var clock: EventLoop.Token?
  let warnings = WarningBox()

  /// - Parameters:
  ///   - settings: The settings.
  ///   - source: Where they come from: they are read again when it changes.
  ///   - access: What this user may do.
  ///   - loop: Where everything happens.
  ///   - send: Takes the events; it is called on the loop, and during `perform`.
  package init(
    _ settings: Settings, from source: SettingsSource, access: Facts.Access, on loop: EventLoop,
    _ send: @escaping (ConsoleEvent) -> Void
  ) {
    self.settings = settings
    self.source = source
    self.loop = loop
    self.send = send
    operatorName = OperatorName.current
    store = StateStore(settings.stateDirectory)
    previewPlace = PreviewPlace(in: store)
    states = StateCache(store) { [warnings] in warnings.lines.append($0) }
    facts = Facts(host: Self.hostName(settings), settings: settings)
    facts.access = access
  }

  /// What watches a service, and the directory that its name led to then.
  struct Monitors {
    let service: ServiceMonitor
    let log: ServiceMonitor?
    let place: FileIdentity?
  }

  /// What the state files are complained of.
  final class WarningBox {
    var lines: [String] = []
  }

  /// The mail server's own name, which is the machine's where `control/me` is missing.
  static func hostName(_ settings: Settings) -> String {
    let me = try? FileReading.contents(of: settings.layout.control("me"), limit: 1 << 12)
    if let line = me?.split(separator: UInt8(ascii: "\n")).first, !line.isEmpty {
      return String(decoding: line, as: UTF8.self)
    }
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Looks at everything once, and from here on reports each change.
  ///
  /// - Parameter isLive: Whether to go on watching; a picture of the moment needs no watches.
  package func start(isLive: Bool = true) {
    self.isLive = isLive
    if isLive { watchState() } else { facts.others = ConsoleRegister.others(in: store) }
    survey()
  }

  /// Stops what this console runs, before the program ends.
  ///
  /// - Parameter completion: Called once the pass that was running has put everything away; at once
  ///   when there is none.
  package func stop(_ completion: @escaping () -> Void) {
    follower?.cancel()
    search?.cancel()
    register?.leave()
    for child in lookups.values { child.stop() }
    for preview in previews.values { preview.stop() }
    previewPlace.removeIfEmpty()
    guard let pass else { return completion() }
    afterPass = completion
    pass.stop()
  }
}

extension Product {
  /// What a survey found of a rule.
  init(_ status: RuleStatus) {
    var state = status.state
    state.running = status.running
    self.init(
      rule: status.rule, verdict: status.verdict, state: state, observation: status.observation,
      isBuilding: status.running != nil)
  }
}
