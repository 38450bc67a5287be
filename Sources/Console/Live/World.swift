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
  let settings: Settings
  let loop: EventLoop
  let send: (ConsoleEvent) -> Void
  let store: StateStore
  let states: StateCache
  let program = "qmail-console"
  let operatorName: String?

  var facts: Facts
  var monitors: [ServiceName: (service: ServiceMonitor, log: ServiceMonitor?)] = [:]
  var servicesWatch: Inotify?
  var follower: LogFollower?
  var history: (service: ServiceName, before: LogPosition?, reader: LogHistory)?
  var pass: Pass?
  /// What waits for the end of the pass.
  var afterPass: (() -> Void)?
  /// The directories of the previews that are being made.
  var previews: Set<FilePath> = []
  var lookups: [String: ChildProcess] = [:]

  private var inputWatch: FileWatch?
  private var stateWatch: Inotify?
  private var settling: EventLoop.Token?
  private var firstChange: Instant?
  private var lastSurvey = Instant(nanoseconds: 0)
  private var clock: EventLoop.Token?
  private var warnings: [String] = []

  /// - Parameters:
  ///   - settings: The settings.
  ///   - access: What this user may do.
  ///   - loop: Where everything happens.
  ///   - send: Takes the events; it is called on the loop, and during `perform`.
  package init(
    _ settings: Settings, access: Facts.Access, on loop: EventLoop,
    _ send: @escaping (ConsoleEvent) -> Void
  ) {
    self.settings = settings
    self.loop = loop
    self.send = send
    operatorName = OperatorName.current
    store = StateStore(settings.stateDirectory)
    let box = WarningBox()
    states = StateCache(store) { box.lines.append($0) }
    facts = Facts(host: Self.hostName(settings), settings: settings)
    facts.access = access
    warningBox = box
  }

  private let warningBox: WarningBox

  private final class WarningBox {
    var lines: [String] = []
  }

  /// The mail server's own name, which is the machine's where `control/me` is missing.
  private static func hostName(_ settings: Settings) -> String {
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
    if isLive { watchState() }
    findServices(isLive: isLive)
    survey(isLive: isLive)
    if isLive { setClock() }
  }

  /// Stops what this console runs, before the program ends.
  ///
  /// - Parameter completion: Called once the pass that was running has put everything away; at once
  ///   when there is none.
  package func stop(_ completion: @escaping () -> Void) {
    follower?.cancel()
    for child in lookups.values { child.stop() }
    for directory in previews { PreviewBuild.remove(directory) }
    guard let pass else { return completion() }
    afterPass = completion
    pass.stop()
  }
}

// MARK: - Surveys

extension World {
  /// Looks at every rule now.
  package func survey(isLive: Bool = true) {
    loop.cancel(settling)
    (settling, firstChange, lastSurvey) = (nil, nil, .now)
    warningBox.lines = []
    do {
      let survey = try StatusSurvey(settings, states)
      facts.products = survey.rules.map { Product($0) }
      facts.plans = Self.plans(survey)
      facts.troubles = warningBox.lines
    } catch {
      facts.products = []
      facts.troubles = ["\(error)"]
    }
    if isLive { watchInputs() }
    publish()
  }

  /// What a pass would do that forces one rule, for each rule: a pure function of the survey.
  private static func plans(_ survey: StatusSurvey) -> [String: [String]] {
    let pairs = survey.rules.map { status in
      let order = PassOrder(forced: [status.rule.name], cause: ["qmail-console"])
      return (status.rule.name, Plan(survey, order).lines)
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Sends the facts as they are now.
  func publish() {
    send(.time(.now))
    send(.facts(facts))
    setClock()
  }

  /// Surveys at once, unless that was done just now: what comes in bursts is looked at together.
  func surveyPromptly() {
    guard settling == nil else { return }
    let time = max(Instant.now, lastSurvey + Self.pause)
    settling = loop.schedule(at: time) { [weak self] in self?.survey() }
  }

  /// The least time between two surveys that others cause.
  private static let pause = Duration.milliseconds(150)

  /// Surveys once the files have been quiet for a moment, or have not been for too long.
  private func surveySoon() {
    let now = Instant.now
    let first = firstChange ?? now
    firstChange = first
    loop.cancel(settling)
    let time = min(now + settings.settle, first + settings.settleLimit)
    settling = loop.schedule(at: time) { [weak self] in self?.survey() }
  }

  private func watchInputs() {
    let rules = (try? RuleCatalogue(settings).all().rules) ?? []
    let paths = InputPaths(rules, settings, states)
    if inputWatch == nil {
      inputWatch = FileWatch(
        on: loop, log: { [weak self] in self?.warnings.append($0) },
        onChange: { [weak self] _ in self?.surveySoon() },
        onOverflow: { [weak self] in self?.surveySoon() })
    }
    inputWatch?.update(files: paths.files, directories: paths.directories)
    facts.watchedPaths = paths.files.count + paths.directories.count
  }

  /// The state files tell what others do: a run that begins or ends, a lock that is taken or freed.
  private func watchState() {
    stateWatch = try? Inotify(on: loop) { [weak self] events in
      guard let self else { return }
      let isNews = events.contains { event in
        event.mask.contains(.overflowed) || event.mask.contains(.movedTo)
          || event.name == Array("lock".utf8)
      }
      if isNews { surveyPromptly() }
    }
    guard let stateWatch else { return }
    _ = try? stateWatch.add(store.directory, for: [.modified])
    _ = try? stateWatch.add(store.rulesDirectory, for: [.movedTo])
  }

  /// Whether the state directory could not be watched because it was not there yet.
  func watchStateAgain() { watchState() }
}

// MARK: - The clock

extension World {
  /// Wakes up when something shown changes with time alone: at the next whole minute, each second
  /// while something runs, and when a failed rule is due again.
  func setClock() {
    loop.cancel(clock)
    let now = Timestamp.now
    let isRunning = pass != nil || facts.products.contains(where: \.isBuilding)
    let period: Int64 = isRunning ? 1_000_000_000 : 60_000_000_000
    var wait = period - now.nanoseconds % period
    for case .failed(let failure) in facts.products.map(\.verdict) {
      let due = failure.nextTry.nanoseconds - now.nanoseconds + 50_000_000
      if due > 0 { wait = min(wait, due) }
    }
    clock = loop.schedule(after: .nanoseconds(max(1_000_000, wait))) { [weak self] in self?.tick() }
  }

  private func tick() {
    let now = Timestamp.now
    let isDue = facts.products.contains { product in
      if case .failed(let failure) = product.verdict { failure.nextTry <= now } else { false }
    }
    for index in facts.services.indices {
      facts.services[index].settle(at: now)
      noteLogAge(of: &facts.services[index])
    }
    // A run whose process was killed leaves no event: it is looked at again while it lasts.
    if isDue || facts.products.contains(where: \.isBuilding) { return survey() }
    publish()
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
