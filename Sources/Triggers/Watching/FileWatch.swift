package import SystemPackage
package import SystemSupport

/// Reports changes of files and directories, whether they exist yet or not, without polling.
///
/// Events are hints: a path is reported when it may have changed. What is reported is complete as
/// long as the kernel's queue and its watches suffice; where they do not, a survey is asked for.
package final class FileWatch {
  /// The measures of the watch.
  package struct Settings: Equatable, Sendable {
    /// How often directories are looked at for which the kernel has no watch left.
    package var pollInterval = Duration.seconds(60)
    /// The least time between two wishes for a survey.
    package var surveyPause = Duration.seconds(1)
    /// After so long without a change a new file counts as written, though nobody has closed it.
    package var patience = Duration.seconds(1)

    package init() {}
  }

  private let settings: Settings
  private let loop: EventLoop
  private let log: (String) -> Void
  private let onChange: ([FilePath]) -> Void
  private let onOverflow: () -> Void
  private let add: DirectoryWatches.Add

  private lazy var watches = DirectoryWatches(on: loop, add: add) { [weak self] events in
    self?.take(events)
  }
  private var files: Set<FilePath> = []
  private var directories: Set<FilePath> = []
  private var ignored: Set<FilePath> = []
  private var layout = WatchLayout()
  private var isShort = false
  /// New files whose writers have yet to close them.
  private var begun: [FilePath: Set<FilePath>] = [:]
  private var secondLook: EventLoop.Token?
  private var poll: EventLoop.Token?
  private var survey: EventLoop.Token?
  private var lastSurvey: Instant?

  /// Prepares to watch; `update` says what.
  ///
  /// - Parameters:
  ///   - loop: The loop that waits for changes.
  ///   - settings: The measures.
  ///   - log: Gets the lines that the administrator should see.
  ///   - onChange: Called on the loop with paths that may have changed: files as they were asked
  ///     for, names in directories, and directories that came or went.
  ///   - onOverflow: Called on the loop when changes may have gone unseen: everything of interest
  ///     has to be looked at.
  package convenience init(
    on loop: EventLoop, settings: Settings = Settings(), log: @escaping (String) -> Void,
    onChange: @escaping ([FilePath]) -> Void, onOverflow: @escaping () -> Void
  ) {
    self.init(
      on: loop, settings: settings, log: log, onChange: onChange, onOverflow: onOverflow
    ) { inotify, path, mask throws(SystemError) in try inotify.add(path, for: mask) }
  }

  init(
    on loop: EventLoop, settings: Settings, log: @escaping (String) -> Void,
    onChange: @escaping ([FilePath]) -> Void, onOverflow: @escaping () -> Void,
    add: @escaping DirectoryWatches.Add
  ) {
    self.loop = loop
    self.settings = settings
    self.log = log
    self.onChange = onChange
    self.onOverflow = onOverflow
    self.add = add
  }

  deinit {
    loop.cancel(poll)
    loop.cancel(survey)
    loop.cancel(secondLook)
  }

  /// How many directories the kernel watches for us.
  package var watchedCount: Int { watches.count }

  /// How many directories have no watch and are looked at every minute instead.
  package var polledCount: Int { watches.refused.count }
}

// MARK: - What to watch

extension FileWatch {
  /// Says what is of interest, by absolute paths; nothing happens when it is what it was.
  ///
  /// - Parameters:
  ///   - files: Files, which need not exist.
  ///   - directories: Directories in which every name is of interest that is not noise.
  ///   - ignoring: Paths in these directories that are of no interest, such as our own products.
  /// - Returns: Whether there are new watches: a file that was read before may have changed unseen.
  @discardableResult
  package func update(
    files: Set<FilePath>, directories: Set<FilePath>, ignoring: Set<FilePath> = []
  ) -> Bool {
    ignored = ignoring
    guard files != self.files || directories != self.directories else { return false }
    self.files = files
    self.directories = directories
    return follow(everything: false)
  }

  /// Lays the watches anew until what was seen while they were laid is what they are laid for.
  ///
  /// - Returns: Whether there are new watches.
  @discardableResult
  private func follow(everything: Bool) -> Bool {
    var (isStale, isNew) = (everything, false)
    for round in 0..<5 {
      let next = WatchLayout(files: files, directories: directories, look: Self.look)
      guard next != layout || isStale else { break }
      layout = next
      let outcome = watches.apply(next, everything: everything && round == 0)
      isStale = outcome.isOutdated
      isNew = isNew || outcome.isNewlyWatched
      if round == 4 { askForSurvey() }
    }
    tellShortage()
    return isNew
  }

  private static func look(at path: FilePath) -> WatchLayout.Entry {
    switch (try? FileStatus.of(path, followingLinks: false))?.kind {
    case nil: .missing
    case .directory: .directory
    case .link: (try? FileReading.target(of: path)).map { .link(to: $0) } ?? .missing
    default: .other
    }
  }
}

// MARK: - What changed

extension FileWatch {
  private func take(_ events: [Inotify.Event]) {
    var report = ChangeReport(begun: begun)
    for event in events {
      if event.watch == nil { report.addOverflow() }
      for directory in watches.directories(of: event) {
        guard let interest = layout.interests[directory] else { continue }
        report.add(event, in: directory, interest, ignoring: ignored)
      }
    }
    begun = report.begun
    lookAtBegunLater()
    report.lost.forEach(watches.release)
    if report.needsLayout { follow(everything: !report.lost.isEmpty) }
    if !report.changed.isEmpty { onChange(report.changed) }
    if report.needsSurvey { askForSurvey() }
  }

  private func lookAtBegunLater() {
    guard !begun.isEmpty else {
      loop.cancel(secondLook)
      secondLook = nil
      return
    }
    guard secondLook == nil else { return }
    secondLook = loop.schedule(after: settings.patience) { [weak self] in self?.lookAtBegun() }
  }

  /// Reports the new files that nobody seems to write to: one that was written under another name
  /// and linked to its own is not closed under that.
  private func lookAtBegun() {
    secondLook = nil
    let now = Timestamp.now
    let quiet = begun.keys.filter { path in
      guard let status = try? FileStatus.of(path, followingLinks: false) else { return true }
      let age = now - status.changed
      // A clock that was set back makes a file of the future, which would never come of age.
      return age >= settings.patience || age < .zero - settings.patience
    }
    let asked = quiet.compactMap { begun.removeValue(forKey: $0) }
    lookAtBegunLater()
    if !asked.isEmpty { onChange(Set(asked.joined()).sorted { $0.string < $1.string }) }
  }

  /// Asks for a survey now, or as soon as the last one is long enough ago.
  private func askForSurvey() {
    guard survey == nil else { return }
    let time = lastSurvey.map { $0 + settings.surveyPause } ?? .now
    survey = loop.schedule(at: time) { [weak self] in
      guard let self else { return }
      survey = nil
      lastSurvey = .now
      // What went unseen may be a directory that another one has replaced.
      follow(everything: true)
      onOverflow()
    }
  }
}

// MARK: - Shortage

extension FileWatch {
  private func tellShortage() {
    let refused = watches.refused
    if let error = refused.values.first {
      if !isShort {
        let reason =
          error.errno == .noSpace
          ? "inotify watches are used up (fs.inotify.max_user_watches)" : "\(error)"
        log(
          "warning: \(reason): \(refused.count) directories are looked at "
            + "every \(settings.pollInterval.seconds) s instead")
      }
      pollLater()
    } else if isShort {
      log("all directories are watched again")
      loop.cancel(poll)
      poll = nil
    }
    isShort = !refused.isEmpty
  }

  private func pollLater() {
    guard poll == nil else { return }
    poll = loop.schedule(after: settings.pollInterval) { [weak self] in
      guard let self else { return }
      poll = nil
      follow(everything: true)
      onOverflow()
    }
  }
}
