internal import SystemPackage
internal import SystemSupport
internal import Triggers
internal import Updating

extension World {
  /// Looks at every rule now.
  package func survey() {
    loop.cancel(settling)
    (settling, firstChange, lastSurvey) = (nil, nil, .now)
    if areSettingsOutdated { rereadSettings() }
    warnings.lines = []
    do {
      let survey = try StatusSurvey(settings, states)
      facts.products = survey.rules.map { Product($0) }
      facts.plans = Self.plans(survey)
      note(other(survey.lockHolder))
      facts.troubles = warnings.lines
    } catch {
      facts.products = []
      facts.troubles = ["\(error)"]
    }
    facts.looked = .now
    findServices()
    if isLive { watchInputs() }
    publish()
    if isLive { watchLateState() }
  }

  /// The state directory may have come after it was looked for, and before its place was watched.
  private func watchLateState() {
    guard !isStateWatched else { return }
    watchState()
    if isStateWatched { surveyPromptly() }
  }

  /// The holder of the lock, unless that is this console.
  private func other(_ holder: FileLock.Holder?) -> FileLock.Holder? {
    holder?.pid == ownProcessNumber() ? nil : holder
  }

  /// Whether the lock was taken or given back since it was looked at.
  ///
  /// flock(2) makes no event. Of plain setlock(8) inotify could show that it opens the file, as it
  /// shows each look of ours; so it is noticed at the clock's next tick, a minute later at most.
  var isLockNews: Bool { other(store.lockHolder)?.pid != facts.lockHolder?.pid }

  /// Notes who else runs rules, and since when that is seen.
  private func note(_ holder: FileLock.Holder?) {
    if holder?.pid != facts.lockHolder?.pid {
      facts.lockSeen = isLive && holder != nil ? .now : nil
    }
    facts.lockHolder = holder
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
}

// MARK: - What is watched

extension World {
  /// The rules' files, the directory of the services, and the settings' own file.
  private func watchInputs() {
    let rules = (try? RuleCatalogue(settings).all().rules) ?? []
    let list = WatchList(rules, settings, states)
    watchList = list
    let watch = inputWatch ?? makeWatch()
    inputWatch = watch
    // Before the first pass of all there is no state directory to watch.
    let others = [source.path, store.directory]
    watch.update(files: list.files.union(others), directories: list.watchedDirectories)
    facts.watchedPaths = list.files.count + list.watchedDirectories.count
  }

  private func makeWatch() -> FileWatch {
    FileWatch(
      on: loop, log: { [weak self] in self?.say(.note, $0) },
      onChange: { [weak self] in self?.hear(changes: $0) },
      onOverflow: { [weak self] in
        self?.areSettingsOutdated = true
        self?.surveySoon()
      })
  }

  private func hear(changes paths: [FilePath]) {
    if paths.contains(source.path) { areSettingsOutdated = true }
    if paths.contains(store.directory) { watchState() }
    let isNews = paths.contains { path in
      // svscan works in the directory of the services, too: none of its hidden names counts.
      let isHidden = path.lastComponent?.string.hasPrefix(".") == true
      if isHidden, path.removingLastComponent() == settings.servicesDirectory { return false }
      return path == source.path || path == store.directory || watchList?.counts(path) ?? true
    }
    if isNews { surveySoon() }
  }

  /// Reads the settings again; bad ones are told, and change nothing.
  private func rereadSettings() {
    areSettingsOutdated = false
    do throws(SettingsError) {
      let fresh = try source.load()
      guard fresh != settings else { return }
      settings = fresh
      facts.settings = fresh
      facts.host = Self.hostName(fresh)
      let isElsewhere = fresh.stateDirectory != store.directory
      say(
        .done,
        "the settings were read again; "
          + (isElsewhere
            ? "the new state directory counts from the next start on"
            : "the service reads them when it is told: h"))
    } catch {
      say(.failed, "the settings stay as they were: \(error)")
    }
  }

  /// The state files tell what others do: a run that begins or ends, a lock that is taken or freed.
  func watchState() {
    if register == nil, !facts.access.isReadOnly, facts.access.isRoot {
      previewPlace.removeAbandoned()
      register = ConsoleRegister(in: store, as: OperatorName.orPlace)
    }
    facts.isListed = register != nil
    stateWatch = stateWatch ?? (try? Inotify(on: loop) { [weak self] events in self?.hear(events) })
    watchStateDirectories()
    facts.others = ConsoleRegister.others(in: store)
  }

  /// Watches the state's directories that are there; the first pass of all makes that of the rules.
  private func watchStateDirectories() {
    guard let stateWatch else { return }
    let watch = try? stateWatch.add(store.directory, for: [.modified, .movedTo, .created])
    isStateWatched = watch != nil
    _ = try? stateWatch.add(store.rulesDirectory, for: [.movedTo])
    _ = try? stateWatch.add(
      ConsoleRegister.directory(in: store), for: [.modified, .deleted, .closedAfterWrite])
  }

  private func hear(_ events: [Inotify.Event]) {
    let others = ConsoleRegister.others(in: store)
    if others != facts.others {
      facts.others = others
      publish()
    }
    let hasRules = events.contains { event in
      event.mask.contains(.created) && event.name == Array("rules".utf8)
    }
    if hasRules { watchStateDirectories() }
    let progress = Array((store.progressPath.lastComponent?.string ?? "").utf8)
    let isNews =
      hasRules
      || events.contains { event in
        event.mask.contains(.overflowed)
          || event.mask.contains(.movedTo) && event.name != progress
          || event.name == Array("lock".utf8)
      }
    if isNews { return surveyPromptly() }
    if events.contains(where: { $0.name == progress }) { lookAtProgress() }
  }
}
