package import SystemPackage
package import SystemSupport

/// Watches a log for a while for a line that says something, such as qmail-send's
/// `alert: unable to reread`.
///
/// Note the position first (`LogPosition.end`), then do what may cause the line, then watch.
package final class LogWatchForLine {
  /// What the log said.
  package enum Outcome: Sendable {
    case found(LogLine)
    /// The time is up, and no line since the position has the words.
    case notFound
    /// There is no log to read: nothing is known.
    case unavailable(SystemError)
  }

  private let loop: EventLoop
  private let words: [UInt8]
  private var follower: LogFollower?
  private var deadline: EventLoop.Token?
  private var failure: SystemError?
  private var completion: ((Outcome) -> Void)?

  /// Starts to watch; it goes on whether or not this object is kept, until its end or `cancel`.
  ///
  /// - Parameters:
  ///   - words: The bytes to find within one line.
  ///   - directory: The log directory.
  ///   - position: Lines before it do not count; nil when there was no log then.
  ///   - duration: How long to watch. What is in the log by then is still read, for as long again.
  ///   - loop: Where the completion is called.
  ///   - completion: Gets the outcome, once, never before this call returns.
  /// - Throws: `SystemError` when the kernel has no watch left.
  @discardableResult
  package init(
    for words: String, in directory: FilePath, since position: LogPosition?,
    during duration: Duration, on loop: EventLoop, _ completion: @escaping (Outcome) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.words = Array(words.utf8)
    self.completion = completion
    follower = try LogFollower(directory, from: .since(position), on: loop) { [weak self] in
      self?.take($0)
    }
    let last = Instant.now + duration + duration
    deadline = loop.schedule(after: duration) { [self] in timeIsUp(last) }
  }

  /// Gives up watching; no completion is called.
  package func cancel() {
    completion = nil
    follower?.cancel()
    follower = nil
    loop.cancel(deadline)
  }

  private func take(_ event: LogFollower.Event) {
    switch event {
    case .lines(let lines):
      failure = nil
      if let line = lines.first(where: { $0.text.contains(bytes: words) }) { finish(.found(line)) }
    case .unavailable(let error): failure = error
    case .gap: break
    }
  }

  private func timeIsUp(_ last: Instant) {
    guard let follower, follower.isCaughtUp || Instant.now >= last else {
      deadline = loop.schedule(after: .milliseconds(1)) { [self] in timeIsUp(last) }
      return
    }
    finish(failure.map(Outcome.unavailable) ?? .notFound)
  }

  private func finish(_ outcome: Outcome) {
    let completion = completion
    cancel()
    completion?(outcome)
  }
}

extension [UInt8] {
  /// Whether some bytes occur in a row.
  package func contains(bytes: [UInt8]) -> Bool {
    guard let first = bytes.first else { return true }
    guard count >= bytes.count else { return false }
    return self[...(count - bytes.count)].indices.contains {
      self[$0] == first && self[$0..<($0 + bytes.count)].elementsEqual(bytes)
    }
  }
}
