internal import Supervision
internal import SystemPackage
internal import SystemSupport

/// Searches a log from a place on, in one direction and through its finished files; its oldest
/// line, from the start of the log down to that place.
///
/// It reads a chunk a turn of the loop, so that keys are answered meanwhile, and keeps no more than
/// the last two: what is found comes with the lines around it.
final class LogSearch {
  private let target: LogTarget
  private let loop: EventLoop
  private var report: ((Result<LogFinding, SystemError>) -> Void)?
  private var history: LogHistory?
  private var follower: LogFollower?
  private var turn: EventLoop.Token?
  /// The lines of the chunk before, which stand on the side from which the search comes.
  private var context: [LogEntry] = []
  private var chunks = 0
  private var lines = 0

  /// How often the progress is told, in chunks.
  private static let pace = 16

  /// Starts.
  ///
  /// - Parameters:
  ///   - directory: The log directory.
  ///   - target: What is looked for.
  ///   - position: A line that is known: the search begins beside it.
  ///   - isUpward: Whether older lines are searched.
  ///   - loop: Where the report is called, first on its next turn.
  ///   - report: Gets the progress, then once the end.
  /// - Throws: `SystemError` when the kernel has no watch left.
  init(
    _ directory: FilePath, for target: LogTarget, from position: LogPosition, isUpward: Bool,
    on loop: EventLoop, _ report: @escaping (Result<LogFinding, SystemError>) -> Void
  ) throws(SystemError) {
    self.target = target
    self.loop = loop
    self.report = report
    if case .start = target {
      follower = try LogFollower(directory, from: .since(nil), on: loop) { [weak self] in
        self?.takeOldest($0, before: position)
      }
    } else if isUpward {
      history = LogHistory(directory, before: position)
      continueUpward()
    } else {
      follower = try LogFollower(directory, from: .since(position), on: loop) { [weak self] in
        self?.takeNewer($0, after: position)
      }
    }
  }

  /// Ends it without a report.
  func cancel() {
    report = nil
    follower?.cancel()
    loop.cancel(turn)
  }

  private func finish(_ result: Result<LogFinding, SystemError>) {
    let report = report
    cancel()
    report?(result)
  }

  private func count(_ entries: [LogEntry]) {
    chunks += entries.isEmpty ? 0 : 1
    lines += entries.count
    if chunks % Self.pace == 0 {
      report?(.success(.progress(lines: lines, time: entries.first?.time)))
    }
  }
}

// MARK: - Upward

extension LogSearch {
  private func continueUpward() {
    turn = loop.schedule(after: .zero) { [weak self] in
      do throws(SystemError) {
        try self?.stepUpward()
      } catch {
        self?.finish(.failure(error))
      }
    }
  }

  private func stepUpward() throws(SystemError) {
    guard let older = try history?.older() else { return endUpward() }
    let entries = older.map { LogEntry($0) }
    if let hit = target.lastHit(in: entries[...]) {
      let stretch = LogStretch(entries + context, hit: hit, isAdjoining: chunks < 2)
      return finish(.success(.found(stretch)))
    }
    count(entries)
    if !entries.isEmpty { context = entries }
    continueUpward()
  }

  /// At the start of a log whose lines are all younger, the first one comes closest to a moment.
  private func endUpward() {
    guard case .moment = target, !context.isEmpty else { return finish(.success(.nothing)) }
    finish(.success(.found(LogStretch(context, hit: 0, isAdjoining: chunks < 2))))
  }
}

// MARK: - Downward

extension LogSearch {
  private func takeNewer(_ event: LogFollower.Event, after position: LogPosition) {
    switch event {
    case .gap: break
    case .unavailable(let error): finish(.failure(error))
    case .lines(let lines):
      let entries = lines.map { LogEntry($0) }.filter { $0.position != position }
      stepDownward(entries, isAdjoining: chunks < 2, isLast: false)
    }
  }

  private func takeOldest(_ event: LogFollower.Event, before position: LogPosition) {
    switch event {
    case .gap: break
    case .unavailable(let error): finish(.failure(error))
    case .lines(let lines):
      let all = lines.map { LogEntry($0) }
      let known = all.firstIndex { $0.position == position }
      let older = Array(all[..<(known ?? all.count)])
      stepDownward(older, isAdjoining: known != nil, isLast: known != nil)
    }
  }

  private func stepDownward(_ entries: [LogEntry], isAdjoining: Bool, isLast: Bool) {
    if let hit = target.firstHit(in: entries[...]) {
      let stretch = LogStretch(
        context + entries, hit: context.count + hit, isAdjoining: isAdjoining)
      return finish(.success(.found(stretch)))
    }
    count(entries)
    if !entries.isEmpty { context = entries }
    if isLast || follower?.isCaughtUp == true { finish(.success(.nothing)) }
  }
}
