internal import SystemPackage
internal import SystemSupport

/// A watch on a directory that may come and go.
///
/// While the directory is missing, the nearest directory above it that exists is watched until it
/// arrives. While it is there, its parent is watched too: a removed directory lives on for the kernel
/// as long as somebody has a file of it open, as a follower does. Asleep it costs nothing.
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
  private let handler: ([Event]) -> Void
  private var inotify: Inotify?
  private var watch: Inotify.Watch?
  private var parentWatch: Inotify.Watch?

  /// Starts to watch; the handler is called on the loop, first when something happens.
  ///
  /// - Throws: `SystemError` when the kernel has no watch left.
  init(
    _ path: FilePath, for mask: Inotify.Mask, on loop: EventLoop,
    _ handler: @escaping ([Event]) -> Void
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
    let news = events.compactMap(translate)
    if !news.isEmpty, inotify != nil { handler(news) }
  }

  private func translate(_ event: Inotify.Event) -> Event? {
    let isGone: Inotify.Mask = [.deletedItself, .movedItself, .ignored, .unmounted]
    if event.mask.contains(.overflowed) { return .lookAgain }
    if let parentWatch, event.watch == parentWatch {
      guard event.name == path.lastComponent?.bytes, relocate() else { return nil }
      return .lookAgain
    }
    guard event.watch == watch else { return nil }
    if isPresent, event.mask.isDisjoint(with: isGone) {
      return .changed(name: event.name, event.mask)
    }
    return relocate() ? .lookAgain : nil
  }

  /// Looks for the directory anew, after it or what stands in its place changed; false when it was
  /// missing and still is.
  private func relocate() -> Bool {
    let wasPresent = isPresent
    for watch in [watch, parentWatch].compactMap({ $0 }) { inotify?.remove(watch) }
    // Failing that, the kernel's limit is reached: the directory counts as missing.
    try? establish()
    return isPresent || wasPresent
  }

  /// Watches the directory, or the nearest existing one above it.
  private func establish() throws(SystemError) {
    isPresent = false
    watch = nil
    parentWatch = nil
    // What is missing may arrive between two looks; a few more looks then find it.
    for _ in 0..<4 {
      let place = try watchNearest()
      isPresent = place == path
      if isPresent {
        parentWatch = try? inotify?.add(path.parent, for: [.deleted, .movedFrom])
        return
      }
      guard try exists(below: place) else { return }
    }
  }

  /// Watches the directory, or the nearest one above it that lets us, and tells which.
  private func watchNearest() throws(SystemError) -> FilePath {
    var place = path
    while true {
      do {
        let mask = place == path ? mask.union(Self.departure) : Self.arrival
        let found = try inotify?.add(place, for: mask)
        if let watch, watch != found { inotify?.remove(watch) }
        watch = found
        return place
      } catch {
        let parent = place.parent
        let isAbsent = [.noSuchFileOrDirectory, .notDirectory, .permissionDenied]
          .contains(error.errno)
        guard isAbsent, parent != place, place != "." else { throw error }
        place = parent
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
