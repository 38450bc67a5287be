internal import SystemPackage
internal import SystemSupport

/// A watch on a directory that may come and go.
///
/// While the directory is missing, the nearest directory above it that exists is watched until it
/// arrives. Asleep it costs nothing.
final class DirectoryWatch {
  /// What happened.
  enum Event {
    /// Something within the directory, with the name that it happened to.
    case changed(name: [UInt8], Inotify.Mask)
    /// The directory is there now, or another one took its place, or events were lost: only a look
    /// at everything in it can tell.
    case lookAgain
  }

  /// Whether the directory itself is watched now.
  private(set) var isPresent = false
  private let path: FilePath
  private let mask: Inotify.Mask
  private let handler: (Event) -> Void
  private var inotify: Inotify?
  private var watch: Inotify.Watch?

  /// Starts to watch; the handler is called on the loop, first when something happens.
  ///
  /// - Throws: `SystemError` when the kernel has no watch left.
  init(
    _ path: FilePath, for mask: Inotify.Mask, on loop: EventLoop,
    _ handler: @escaping (Event) -> Void
  ) throws(SystemError) {
    self.path = path
    self.mask = mask
    self.handler = handler
    inotify = try Inotify(on: loop) { [weak self] in self?.take($0) }
    try establish()
  }

  /// Stops watching; no handler is called any more.
  func cancel() { inotify = nil }

  private func take(_ events: [Inotify.Event]) {
    for event in events {
      guard inotify != nil else { return }
      let isGone: Inotify.Mask = [.deletedItself, .movedItself, .ignored, .unmounted]
      if event.mask.contains(.overflowed) {
        handler(.lookAgain)
      } else if event.watch != watch {
        continue
      } else if isPresent, event.mask.isDisjoint(with: isGone) {
        handler(.changed(name: event.name, event.mask))
      } else {
        relocate()
      }
    }
  }

  /// Looks for the directory anew, after it or what stands in its place changed.
  private func relocate() {
    let wasPresent = isPresent
    if let watch { inotify?.remove(watch) }
    // Failing that, the kernel's limit is reached: the handler sees no directory.
    try? establish()
    if isPresent || wasPresent { handler(.lookAgain) }
  }

  /// Watches the directory, or the nearest existing one above it.
  private func establish() throws(SystemError) {
    var place = path
    isPresent = false
    watch = nil
    while true {
      do {
        let found = try inotify?.add(
          place, for: place == path ? mask.union(Self.departure) : Self.arrival)
        // What is missing may have arrived between the two looks.
        if place != path, try exists(below: place) {
          if let found { inotify?.remove(found) }
          place = path
          continue
        }
        watch = found
        isPresent = place == path
        return
      } catch {
        let parent = place.removingLastComponent()
        let isAbsent = [.noSuchFileOrDirectory, .notDirectory, .permissionDenied]
          .contains(error.errno)
        guard isAbsent, parent != place, !place.isEmpty else { throw error }
        place = parent.isEmpty ? "." : parent
      }
    }
  }

  /// Whether the next directory on the way from `place` to ours is there.
  private func exists(below place: FilePath) throws(SystemError) -> Bool {
    let depth = place == "." ? 0 : place.components.count
    let next = FilePath(root: path.root, path.components.prefix(depth + 1))
    guard next != path else { return try FileStatus.of(next)?.kind == .directory }
    return try FileStatus.of(next) != nil
  }

  private static let departure: Inotify.Mask = [.deletedItself, .movedItself]
  private static let arrival: Inotify.Mask = [
    .created, .movedTo, .attributes, .deletedItself, .movedItself,
  ]
}
