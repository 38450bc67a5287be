internal import SystemPackage
internal import SystemSupport

/// Reads a log forwards, a bounded amount at a time, and goes from file to file.
///
/// It neither waits nor watches: `LogFollower` tells it when to look.
struct LogReader {
  private struct Reading {
    let file: LogFile
    var offset: Int64
    /// Whether multilog has closed the file, so that its end is its end.
    var isComplete: Bool
    /// The look at the directory in which this file was found.
    let files: LogFiles
  }

  private let directory: FilePath
  private var start: LogFollower.Start
  private var reading: Reading?
  private var splitter = LineSplitter()
  private var lastStamp: TAI64N?

  /// The most files that are opened in one go.
  private static let filesInOneGo = 16

  init(_ directory: FilePath, from start: LogFollower.Start) {
    self.directory = directory
    self.start = start
  }

  /// Reads on.
  ///
  /// - Returns: Whether the end was reached.
  /// - Throws: `SystemError` when nothing can be read; a later call tries again.
  mutating func advance(
    upTo limit: Int, into events: inout [LogFollower.Event]
  ) throws(SystemError) -> Bool {
    var lines: [LogLine] = []
    defer { if !lines.isEmpty { events.append(.lines(lines)) } }
    var left = limit
    var files = 0
    while left > 0, files < Self.filesInOneGo {
      guard let now = reading else {
        guard try begin(&events) else { return false }
        continue
      }
      let bytes = try now.file.descriptor.read(
        upTo: left, at: now.offset, subject: directory.visible)
      if bytes.isEmpty {
        switch try endOfFile(now) {
        case .noMore: return true
        case .more: break
        case .next(let step):
          files += 1
          if let line = enter(step) { lines.append(line) }
          if step.isGap { report(.gap, after: &lines, in: &events) }
        }
      } else {
        lines += splitter.append(bytes, at: now.file.position(now.offset))
        lastStamp = lines.last?.stamp ?? lastStamp
        reading?.offset += Int64(bytes.count)
        left -= bytes.count
      }
    }
    return false
  }

  private func report(
    _ event: LogFollower.Event, after lines: inout [LogLine], in events: inout [LogFollower.Event]
  ) {
    if !lines.isEmpty { events.append(.lines(lines)) }
    lines = []
    events.append(event)
  }
}

// MARK: - From file to file

extension LogReader {
  private enum End {
    /// Nothing more for now.
    case noMore
    /// Read again: there may be more in the same file.
    case more
    case next(LogStep)
  }

  /// What to do at the end of the file that is read now.
  private mutating func endOfFile(_ now: Reading) throws(SystemError) -> End {
    if !now.isComplete {
      let path = directory.appending("current")
      guard let status = try FileStatus.of(path, followingLinks: false) else { return .noMore }
      if now.file.isSame(device: status.device, inode: status.inode) {
        if status.size < now.offset { startOver() }
        return status.size == now.offset ? .noMore : .more
      }
      // multilog closed the file before it renamed it: one more read gives all the rest.
      reading?.isComplete = true
      return .more
    }
    let step = try LogStep.next(
      after: now.file, found: now.files, lastStamp: lastStamp, in: directory)
    return step.map(End.next) ?? .noMore
  }

  /// Somebody emptied the file.
  private mutating func startOver() {
    reading?.offset = 0
    splitter = LineSplitter()
  }

  private mutating func enter(_ step: LogStep) -> LogLine? {
    reading = Reading(
      file: step.file, offset: 0, isComplete: step.file.name != "current",
      files: step.files)
    return step.endsLine ? splitter.flush() : nil
  }
}

// MARK: - Beginning

extension LogReader {
  /// Finds the place to begin; false when it has to be sought again.
  private mutating func begin(_ events: inout [LogFollower.Event]) throws(SystemError) -> Bool {
    switch start {
    case .end: try begin(at: LogPosition.end(of: directory), &events)
    case .since(let position): try begin(at: position, &events)
    case .lastLines(let count):
      try begin(at: LogHistory.start(of: directory, lines: count, bytes: .max), &events)
    case .lastBytes(let count):
      try begin(at: LogHistory.start(of: directory, lines: .max, bytes: count), &events)
    }
  }

  private mutating func begin(
    at position: LogPosition?, _ events: inout [LogFollower.Event]
  ) throws(SystemError) -> Bool {
    let files = try LogFiles(in: directory)
    if let position, let file = try files.file(at: position) {
      try read(file, from: position.offset, in: files)
    } else if position != nil, !files.isSettled {
      return false
    } else if let oldest = try files.oldest() {
      // If the file of the position is gone, all that is left is later.
      if position != nil { events.append(.gap) }
      try read(oldest, from: 0, in: files)
    } else if !files.isSettled {
      return false
    } else {
      // Whatever comes is new from its first byte on.
      start = .since(nil)
      throw SystemError("open", directory.appending("current"), .noSuchFileOrDirectory)
    }
    return true
  }

  /// Starts to read at the beginning of the line that an offset lies in.
  private mutating func read(
    _ file: LogFile, from offset: Int64, in files: LogFiles
  ) throws(SystemError) {
    let window = min(offset, Int64(LogLine.maximumLength))
    let before = try file.descriptor.read(
      upTo: Int(window), at: offset - window, subject: directory.visible)
    let newline = before.lastIndexOfNewline(before: before.count).map { Int64($0) + 1 }
    let start = newline.map { offset - window + $0 } ?? (window == offset ? 0 : offset)
    reading = Reading(
      file: file, offset: start, isComplete: file.name != "current",
      files: files)
  }
}
