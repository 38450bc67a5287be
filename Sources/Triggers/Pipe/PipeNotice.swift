internal import SystemPackage
internal import SystemSupport

/// What inotify tells of a FIFO and of the directory that it lies in.
///
/// The FIFO itself is watched and not the names in its directory, so that the other files of a
/// shared directory wake nobody. Its removal or replacement shows as a change of its link count.
final class PipeNotice {
  /// What happened, taken together.
  struct Report {
    /// A writer has closed the FIFO.
    var isClosed = false
    /// Stamps, owner, mode or names of the FIFO changed, and no writer has closed it since.
    var isTouched = false
    /// The FIFO or its directory has another name, or none, or reports were lost.
    var isMissing = false

    mutating func add(_ mask: Inotify.Mask) {
      if mask.contains(.closedAfterWrite) { (isClosed, isTouched) = (true, false) }
      // Anything can have been lost with an overflow.
      if !mask.isDisjoint(with: [.attributes, .overflowed]) { isTouched = true }
      let gone: Inotify.Mask = [.movedItself, .deletedItself, .ignored, .unmounted, .overflowed]
      if !mask.isDisjoint(with: gone) { isMissing = true }
    }
  }

  private let loop: EventLoop
  private var inotify: Inotify?
  private var fifo: Inotify.Watch?
  private var directory: Inotify.Watch?

  private static let fifoMask: Inotify.Mask = [
    .closedAfterWrite, .attributes, .movedItself, .deletedItself,
  ]

  /// Starts listening, to nothing yet.
  ///
  /// - Throws: `SystemError` when the user's limit of inotify instances is reached.
  init(on loop: EventLoop, _ handler: @escaping (Report) -> Void) throws(SystemError) {
    self.loop = loop
    inotify = try Inotify(on: loop) { [weak self] events in
      if let report = self?.report(of: events) { handler(report) }
    }
  }

  /// Watches the FIFO at a path, and its directory; where one is gone already, the reports lack.
  func watch(_ path: FilePath, in directory: FilePath) {
    fifo = try? inotify?.add(path, for: Self.fifoMask)
    self.directory = try? inotify?.add(directory, for: [.movedItself, .deletedItself])
  }

  /// Watches nothing any more.
  func forget() {
    for watch in [fifo, directory].compactMap(\.self) { inotify?.remove(watch) }
    (fifo, directory) = (nil, nil)
  }

  /// The events taken together; nil when none is about what is watched now.
  private func report(of events: [Inotify.Event]) -> Report? {
    var report = Report()
    var isAbout = false
    for event in events where event.watch == nil || [fifo, directory].contains(event.watch) {
      isAbout = true
      report.add(event.mask)
    }
    return isAbout ? report : nil
  }
}
