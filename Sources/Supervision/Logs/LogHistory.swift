package import SystemPackage
package import SystemSupport

/// Reads a log backwards, a bounded chunk at a time, through its finished files.
package struct LogHistory {
  private let directory: FilePath
  private let chunk: Int
  private let before: LogPosition?
  /// The look at the directory with which reading began: what is older does not change.
  private var files: LogFiles?
  private var file: LogFile?
  /// Bytes of the file that have not been read yet.
  private var end: Int64 = 0
  /// The end of the line whose beginning has not been reached.
  private var carry: [UInt8] = []
  private var dropped = 0
  /// Whether what is carried is known to be the end of a line.
  private var isLineEnded = false
  private var isAtStart = false

  /// Gets ready to read the lines before a position.
  ///
  /// - Parameters:
  ///   - directory: The log directory.
  ///   - before: Usually the position of the oldest line that is known already; nil is the end of
  ///     the log. A line that has no end there is left out.
  ///   - chunk: The most bytes that one call reads.
  package init(_ directory: FilePath, before: LogPosition? = nil, chunk: Int = 1 << 16) {
    self.directory = directory
    self.before = before
    self.chunk = max(1, chunk)
  }

  /// The next older lines, oldest first.
  ///
  /// - Returns: The lines that the next chunk gave, perhaps none; nil when nothing older is left.
  /// - Throws: `SystemError` when the log cannot be read.
  package mutating func older() throws(SystemError) -> [LogLine]? {
    guard !isAtStart else { return nil }
    if file == nil { try open() }
    guard let file else {
      isAtStart = true
      return nil
    }
    guard end > 0 else { return try stepBack(from: file) }
    let start = max(0, end - Int64(chunk))
    let bytes = try file.descriptor.read(
      upTo: Int(end - start), at: start, subject: directory.visible)
    end = start
    return cut(bytes, at: file.position(start))
  }
}

// MARK: - Within a file

extension LogHistory {
  /// Takes the lines off the end of a chunk; what stands before its first newline is carried on.
  private mutating func cut(_ bytes: [UInt8], at position: LogPosition) -> [LogLine] {
    var lines: [LogLine] = []
    var end = bytes.count
    while let newline = bytes.lastIndexOfNewline(before: end) {
      if isLineEnded {
        take(bytes[(newline + 1)..<end])
        lines.append(line(at: position.advanced(by: newline + 1)))
      }
      isLineEnded = true
      end = newline
    }
    if isLineEnded { take(bytes[..<end]) }
    return lines.reversed()
  }

  /// Puts bytes before the carried ones; of a very long line its first bytes are kept.
  private mutating func take(_ bytes: ArraySlice<UInt8>) {
    let all = bytes + carry
    let kept = all.prefix(LogLine.maximumLength)
    dropped += all.count - kept.count
    carry = Array(kept)
  }

  private mutating func line(at position: LogPosition) -> LogLine {
    defer { (carry, dropped) = ([], 0) }
    return LogLine(carry, dropped: dropped, position: position)
  }
}

// MARK: - From file to file

extension LogHistory {
  private mutating func open() throws(SystemError) {
    let files = try LogFiles(in: directory)
    self.files = files
    if let before {
      file = try files.file(at: before)
      end = before.offset
    } else if let newest = try files.newest() {
      file = newest
      end = try newest.size
    }
  }

  /// Goes to the file before; a line that was cut between the two goes on there.
  private mutating func stepBack(from file: LogFile) throws(SystemError) -> [LogLine] {
    let older = try files?.predecessor(of: file)
    let size = try older?.size ?? 0
    let last = try older?.descriptor.read(upTo: 1, at: max(0, size - 1))
    let isCut = last.map { !$0.isEmpty && $0 != [0x0a] } ?? false
    // After a crash the last line of the older file has no end, and nothing goes on.
    let isJoined = isCut && older?.isUnsafe == false
    var lines: [LogLine] = []
    if !isJoined {
      if isLineEnded { lines.append(line(at: file.position(0))) }
      isLineEnded = isCut
    }
    self.file = older
    end = size
    isAtStart = older == nil
    return lines
  }
}

extension LogHistory {
  /// The position so many lines or bytes before the end of a log, whichever is nearer to the end;
  /// nil when there is no log.
  static func start(
    of directory: FilePath, lines limit: Int, bytes: Int
  ) throws(SystemError) -> LogPosition? {
    var history = LogHistory(directory)
    var position = try LogPosition.end(of: directory)
    var lines = 0
    var length = 0
    while let older = try history.older() {
      for line in older.reversed() {
        guard lines < limit, length < bytes else { return position }
        position = line.position
        lines += 1
        length +=
          line.text.count + line.dropped + 1
          + (line.stamp == nil ? 0 : TAI64N.textLength + 1)
      }
    }
    return position
  }
}
