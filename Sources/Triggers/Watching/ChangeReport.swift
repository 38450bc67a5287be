internal import SystemPackage
internal import SystemSupport

/// What a batch of inotify's events means for the paths of interest.
struct ChangeReport {
  /// The paths that changed, as they were asked for, each once.
  private(set) var changed: [FilePath] = []
  /// Directories whose watch no longer stands for their path.
  private(set) var lost: Set<FilePath> = []
  /// Whether paths may lead elsewhere than before.
  private(set) var needsLayout = false
  /// Whether changes may have gone unseen.
  private(set) var needsSurvey = false
  /// New plain files whose writers have yet to close them, and the paths that were asked for.
  private(set) var begun: [FilePath: Set<FilePath>]

  private var seen: Set<FilePath> = []

  /// A directory was moved away, removed or unmounted.
  private static let gone: Inotify.Mask = [.movedItself, .deletedItself, .ignored, .unmounted]
  /// A name means another file than before, or none.
  private static let renamed: Inotify.Mask = [.created, .deleted, .movedFrom, .movedTo]

  /// - Parameter begun: The files that were begun before.
  init(begun: [FilePath: Set<FilePath>] = [:]) { self.begun = begun }

  /// Adds an event without a watch: the queue has overflowed.
  mutating func addOverflow() { needsSurvey = true }

  /// Adds an event.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - directory: The directory that it is about.
  ///   - interest: What matters there.
  ///   - ignoring: Paths in whole directories that do not matter.
  mutating func add(
    _ event: Inotify.Event, in directory: FilePath, _ interest: WatchLayout.Interest,
    ignoring: Set<FilePath>
  ) {
    guard !event.name.isEmpty, let name = FilePath.Component(bytes: event.name) else {
      return addEventOfDirectory(event.mask, directory, interest)
    }
    let isRenamed = !event.mask.isDisjoint(with: Self.renamed)
    if isRenamed, let asked = interest.steps[event.name] {
      needsLayout = true
      note(asked)
    }
    let files = interest.files[event.name] ?? []
    let others = NameNoise.contains(event.name) ? [] : interest.whole
    if files.isEmpty && others.isEmpty { return }
    let asked = files.union(others.map { $0.appending(name) }.filter { !ignoring.contains($0) })
    let path = directory.appending(name)
    let isBegun = event.mask.contains(.created) && Self.isBeingWritten(path)
    begun[path] = isBegun && !asked.isEmpty ? asked : nil
    if isBegun { return }
    if isRenamed, !files.isEmpty, Self.isLink(path) { needsLayout = true }
    note(asked)
  }

  private mutating func addEventOfDirectory(
    _ mask: Inotify.Mask, _ directory: FilePath, _ interest: WatchLayout.Interest
  ) {
    note(interest.asked)
    guard !mask.isDisjoint(with: Self.gone) else { return }
    lost.insert(directory)
    needsLayout = true
    if mask.contains(.unmounted) || !interest.hasContent { needsSurvey = true }
  }

  private mutating func note(_ paths: Set<FilePath>) {
    for path in paths where seen.insert(path).inserted { changed.append(path) }
  }

  /// Whether a new name is a plain file that its writer has yet to close, which will be reported.
  ///
  /// A second name of a file that was there before is complete. If the first one is gone by now, it
  /// looks as if it was being written.
  private static func isBeingWritten(_ path: FilePath) -> Bool {
    guard let status = try? FileStatus.of(path, followingLinks: false) else { return true }
    return status.kind == .regular && status.links == 1
  }

  private static func isLink(_ path: FilePath) -> Bool {
    (try? FileStatus.of(path, followingLinks: false))?.kind == .link
  }
}

extension FilePath.Component {
  /// A name from its bytes; nil when it is no name.
  init?(bytes: [UInt8]) {
    let path = unsafe FilePath(platformString: bytes.map(CChar.init(bitPattern:)) + [0])
    guard let component = path.lastComponent else { return nil }
    self = component
  }
}
