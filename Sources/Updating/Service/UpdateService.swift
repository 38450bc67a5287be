package import SystemSupport
internal import SystemPackage
internal import Triggers

/// The service: sleeps until a poke, a change, a signal or a deadline, then makes a pass.
///
/// Everything happens on one loop. What to do is decided by the scheduler, which is a value; this
/// object only performs it.
package final class UpdateService {
  private let load: () throws -> Settings
  private let loop: EventLoop
  private let journal: Journal
  private let program: String
  private let isVerbose: Bool
  private var settings: Settings
  private var environment: PassEnvironment
  private var states: StateCache
  private var scheduler: Scheduler
  private var deadline: (time: Instant, token: EventLoop.Token)?
  private var instance: FileLock?
  private var pipe: TriggerPipe?
  private var watch: FileWatch?
  private var watchList: WatchList?
  private var signals: Signals?
  private var pass: Pass?
  private var isEnding = false
  /// When the memory of code was given back last, which is first done after the first pass.
  private var codeReleased: Instant?

  /// How often that is done, at most.
  private static let codeReleaseInterval = Duration.seconds(1500)

  /// Prepares the service; nothing is touched before `start`.
  ///
  /// - Parameters:
  ///   - program: The name that others are told.
  ///   - loop: Where everything happens.
  ///   - journal: The log.
  ///   - isVerbose: Whether passes that find nothing to do are told.
  ///   - load: Reads the settings, now and at every hangup.
  /// - Throws: What `load` throws.
  package init(
    program: String, on loop: EventLoop, journal: Journal, isVerbose: Bool = false,
    load: @escaping () throws -> Settings
  ) throws {
    self.isVerbose = isVerbose
    self.program = program
    self.loop = loop
    self.journal = journal
    self.load = load
    settings = try load()
    let store = StateStore(settings.stateDirectory)
    environment = PassEnvironment(
      settings: settings, store: store, loop: loop, journal: journal, program: program)
    states = StateCache(store) { journal.note("state", "warning: \($0)") }
    scheduler = Scheduler(Self.schedule(of: settings))
  }

  /// Takes the one instance's place, begins to listen, and asks for the first pass.
  ///
  /// - Throws: `ServiceError` when another service runs, or `SystemError` and `TriggerPipeError`
  ///   when listening is impossible.
  package func start() throws {
    try environment.store.prepare()
    try becomeTheInstance()
    signals = try Signals([.terminate, .interrupt, .hangup, .alarm], on: loop) { [self] in
      hear($0)
    }
    try openPipe(at: settings.pipePath)
    startWatching()
    let directories = watch?.watchedCount ?? 0
    journal.note(
      program,
      "started: pid \(ownProcessNumber()), trigger \(settings.pipePath.visible), "
        + (watch == nil ? "files are not watched" : "watching \(directories) directories"))
    tell(.start)
  }

  private func becomeTheInstance() throws {
    let lock = try FileLock(environment.store.serviceLockPath)
    guard try lock.acquireIfFree(as: program) else { throw ServiceError.isRunning(lock.holder) }
    instance = lock
  }
}

/// Why the service cannot run.
package enum ServiceError: Error, Equatable, CustomStringConvertible {
  case isRunning(FileLock.Holder?)

  package var description: String {
    switch self {
    case .isRunning(let holder):
      "the service runs already: \(holder.map { "\($0)" } ?? "its lock is held")"
    }
  }
}

// MARK: - Listening

extension UpdateService {
  private static func schedule(of settings: Settings) -> Scheduler.Settings {
    var schedule = Scheduler.Settings()
    schedule.settle = settings.settle
    schedule.settleLimit = settings.settleLimit
    schedule.burst = settings.pokeBurst
    schedule.pokeInterval = settings.pokeInterval
    return schedule
  }

  /// Listens at a path; the pipe that was there before stays when that cannot be.
  private func openPipe(at path: FilePath) throws {
    pipe = try TriggerPipe(path: path, on: loop, log: warn) { [self] in
      tell(.poke(.pipe))
    }
  }

  private func warn(_ line: String) { journal.note("watch", line) }

  private func startWatching() {
    guard settings.isWatching else {
      watch = nil
      return
    }
    watch = FileWatch(
      on: loop, log: warn, onChange: { [self] in hear(changes: $0) },
      onOverflow: { [self] in tell(.overflow) })
    updateWatches()
  }

  /// Watches what the rules depend on now.
  ///
  /// - Returns: Whether something may have changed before it was watched.
  @discardableResult
  private func updateWatches() -> Bool {
    guard let watch, let rules = try? environment.catalogue.all().rules else { return false }
    let list = WatchList(rules, settings, states)
    watchList = list
    return watch.update(files: list.files, directories: list.watchedDirectories)
  }

  private func hear(changes paths: [FilePath]) {
    let news = paths.filter { watchList?.counts($0) ?? true }.filter { !isOurOwnDoing($0) }
    guard !news.isEmpty else { return }
    tell(.changed(news.map(settings.displayName)))
  }

  /// Whether a change of a product is the one that we made ourselves.
  private func isOurOwnDoing(_ path: FilePath) -> Bool {
    guard let rule = watchList?.products[path],
      case .file(let recorded, _, _)? = states.state(of: rule).record?.product,
      let status = try? FileStatus.of(path, followingLinks: false)
    else { return false }
    return Stamp(status) == recorded
  }

  private func hear(_ signal: Signals.Signal) {
    switch signal {
    case .terminate, .interrupt: end(signal)
    case .hangup: reload()
    case .alarm: tell(.poke(.alarm))
    case .quit, .continued, .stopTyped, .windowChanged: break
    }
  }

  private func end(_ signal: Signals.Signal) {
    guard !isEnding else { return }
    isEnding = true
    journal.note(program, "ending: \(signal == .terminate ? "TERM" : "INT")")
    if let pass { pass.stop() } else { loop.stop() }
  }

  /// Reads the settings again; bad ones are told and change nothing.
  private func reload() {
    do {
      let fresh = try load()
      if fresh.pipePath != settings.pipePath {
        try openPipe(at: fresh.pipePath)
        // Whoever writes to the old one waits from now on.
        warn(
          "trigger pipe \(fresh.pipePath.visible) is served, "
            + "\(settings.pipePath.visible) is no longer")
      }
      if fresh.stateDirectory != settings.stateDirectory {
        journal.note("configuration", "the new state directory counts from the next start on")
      }
      settings = fresh
    } catch {
      let messages = (error as? any ConfigurationFault)?.messages ?? ["\(error)"]
      for message in messages { journal.note("configuration", "kept as it was: \(message)") }
    }
    environment = PassEnvironment(
      settings: settings, store: environment.store, loop: loop, journal: journal,
      program: program)
    scheduler.settings = Self.schedule(of: settings)
    startWatching()
    tell(.hangup)
  }
}

// MARK: - Passes

extension UpdateService {
  private func tell(_ event: Scheduler.Event) {
    guard !isEnding else { return }
    if let request = scheduler.handle(event, now: .now) { makePass(request) }
    setDeadline()
  }

  private func setDeadline() {
    let next = scheduler.deadline
    guard next != deadline?.time else { return }
    loop.cancel(deadline?.token)
    deadline = next.map { time in
      (
        time,
        loop.schedule(at: time) { [self] in
          deadline = nil
          tell(.time)
        }
      )
    }
  }

  private func makePass(_ request: PassRequest) {
    if isVerbose || !request.isRoutine {
      journal.note("pass", request.reasons.joined(separator: "; "))
    }
    _ = scheduler.handle(.passBegan, now: .now)
    let order = PassOrder(includesOpaque: request.includesOpaque, cause: request.reasons)
    let began = Instant.now
    let pass = Pass(order, in: environment, states: states) { [self] in
      if isVerbose { tellEnd(of: $0, began) }
      passEnded($0)
    }
    self.pass = pass
    pass.start()
  }

  private func tellEnd(of result: PassResult, _ began: Instant) {
    let ran = result.entries.filter { $0.run != nil }.count
    let took = Pass.words((.now - began).wholeNanoseconds)
    journal.note("pass", "ended: \(result.entries.count) rules, \(ran) ran, in \(took)")
  }

  private func releaseCode() {
    let now = Instant.now
    if let codeReleased, now - codeReleased < Self.codeReleaseInterval { return }
    codeReleased = now
    ProcessManners.releaseUsedCode()
  }

  private func passEnded(_ result: PassResult) {
    pass = nil
    releaseCode()
    if let failure = result.failure { journal.note("pass", "failed: \(failure)") }
    if isEnding { return loop.stop() }
    let next = result.nextTry ?? (result.failure == nil ? nil : .now + .seconds(30))
    let retry = next.map { Instant.now + max(.zero, $0 - .now) }
    if scheduler.settings.hasOpaqueRules != result.hasOpaqueRules {
      scheduler.settings.hasOpaqueRules = result.hasOpaqueRules
    }
    if updateWatches() { _ = scheduler.handle(.newlyWatched, now: .now) }
    // The handler that began the pass may still be running: let it return first.
    loop.schedule(after: .zero) { [self] in
      tell(.passEnded(retryAt: retry, unsettled: result.isUnsettled))
    }
  }
}
