package import SystemPackage
package import SystemSupport

/// Follows a multilog directory: every line once, in order, also through rotations.
///
/// It sleeps in inotify and uses no clock. In one turn of the loop it reads a bounded amount and
/// then lets others have theirs, so that a flood keeps nobody waiting. It keeps the open file: when
/// `current` has become another file, what it holds is read to its end first, then the files that
/// were finished meanwhile, in the order of their names, then the new `current`.
package final class LogFollower {
  /// Where to begin.
  package enum Start: Sendable {
    /// With the line that is written next.
    case end
    /// With what comes after a place that was noted before; nil is all that is in the log.
    case since(LogPosition?)
    /// So many lines before the end.
    case lastLines(Int)
    /// So many bytes before the end, rounded up to a whole line.
    case lastBytes(Int)
  }

  /// What there is to tell.
  package enum Event: Sendable {
    /// New lines, never none: what one turn gave.
    case lines([LogLine])
    /// Lines may have been lost here: files that were not read yet are gone.
    case gap
    /// There is no log to read, and why (`ENOENT` when there is none yet); told once. When it can
    /// be read at last, its lines are the news.
    case unavailable(SystemError)
  }

  /// The log directory.
  package let directory: FilePath
  /// Whether all that was in the log at the last look has been delivered.
  package private(set) var isCaughtUp = false
  private let loop: EventLoop
  private let turnBytes: Int
  private var reader: LogReader
  private var handler: ((Event) -> Void)?
  private var watch: DirectoryWatch?
  private var nextTurn: EventLoop.Token?
  private var reported: SystemError?

  /// Starts to follow.
  ///
  /// - Parameters:
  ///   - directory: The directory that multilog writes to; it need not exist yet.
  ///   - start: Where to begin.
  ///   - loop: Where the handler is called.
  ///   - turnBytes: The most bytes that one turn of the loop reads.
  ///   - handler: Gets the events, first on the loop's next turn.
  /// - Throws: `SystemError` when the kernel has no watch left.
  package init(
    _ directory: FilePath, from start: Start, on loop: EventLoop, turnBytes: Int = 1 << 16,
    _ handler: @escaping (Event) -> Void
  ) throws(SystemError) {
    self.directory = directory
    self.loop = loop
    self.turnBytes = turnBytes
    self.handler = handler
    reader = LogReader(directory, from: start)
    watch = try DirectoryWatch(directory, for: [.modified, .created, .movedTo], on: loop) {
      [weak self] _ in
      guard let self, nextTurn == nil else { return }
      turn()
    }
    schedule()
  }

  deinit { loop.cancel(nextTurn) }

  /// Stops following; the handler is not called any more.
  package func cancel() {
    handler = nil
    watch?.cancel()
    watch = nil
    loop.cancel(nextTurn)
    nextTurn = nil
  }

  private func schedule() {
    nextTurn = loop.schedule(after: .zero) { [weak self] in
      self?.nextTurn = nil
      self?.turn()
    }
  }

  private func turn() {
    var events: [Event] = []
    do {
      isCaughtUp = try reader.advance(upTo: turnBytes, into: &events)
      reported = nil
    } catch {
      // Whatever makes it readable again is an event of the directory.
      isCaughtUp = true
      if error != reported { events.append(.unavailable(error)) }
      reported = error
    }
    if !isCaughtUp { schedule() }
    for event in events { handler?(event) }
  }
}
