internal import Glibc

/// Cuts a growing log into lines; the part after the last newline waits for its end.
struct LineSplitter {
  private let maximumLength: Int
  private var partial: [UInt8] = []
  private var dropped = 0
  /// Where the waiting part begins.
  private var start: LogPosition?

  init(maximumLength: Int = LogLine.maximumLength) { self.maximumLength = maximumLength }

  /// Takes the bytes that stand at a position, and gives the lines that they end.
  ///
  /// A waiting part from before continues with the first of them, also when it stands in the
  /// previous file: multilog cuts a long line at the size limit.
  mutating func append(_ bytes: [UInt8], at position: LogPosition) -> [LogLine] {
    var lines: [LogLine] = []
    var place = 0
    while place < bytes.count {
      if start == nil { start = position.advanced(by: place) }
      guard let end = bytes.indexOfNewline(from: place) else {
        take(bytes[place...])
        break
      }
      take(bytes[place..<end])
      if let line = flush() { lines.append(line) }
      place = end + 1
    }
    return lines
  }

  /// Ends the waiting part as a line, when its newline will never come; nil when nothing waits.
  mutating func flush() -> LogLine? {
    guard let start else { return nil }
    defer { self = LineSplitter(maximumLength: maximumLength) }
    return LogLine(partial, dropped: dropped, position: start)
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>) {
    let kept = bytes.prefix(maximumLength - partial.count)
    partial += kept
    dropped += bytes.count - kept.count
  }
}

extension LogPosition {
  func advanced(by count: Int) -> LogPosition {
    LogPosition(in: file, offset: offset + Int64(count))
  }
}

extension [UInt8] {
  func indexOfNewline(from place: Int) -> Int? {
    unsafe withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, place < buffer.count,
        let found = unsafe memchr(base + place, 0x0a, buffer.count - place)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  func lastIndexOfNewline(before end: Int) -> Int? {
    self[..<end].lastIndex(of: 0x0a)
  }
}
