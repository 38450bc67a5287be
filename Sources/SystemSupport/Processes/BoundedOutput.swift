/// What a program wrote, bounded: its first and its last bytes, and how many fell between.
package struct BoundedOutput: Sendable {
  private let half: Int
  private var head: [UInt8] = []
  private var tail: [UInt8] = []
  /// How many bytes of the middle were dropped.
  package private(set) var dropped = 0

  /// Keeps at most `limit` bytes.
  package init(limit: Int) { half = max(1, limit / 2) }

  package mutating func append(_ bytes: [UInt8]) {
    let room = max(0, half - head.count)
    head += bytes.prefix(room)
    tail += bytes.dropFirst(room)
    guard tail.count > half else { return }
    dropped += tail.count - half
    tail.removeFirst(tail.count - half)
  }

  /// All the bytes, with nothing to tell where some were dropped.
  package var bytes: [UInt8] { head + tail }

  /// The lines, each made safe to show, with one that says what was dropped.
  package var lines: [String] {
    guard dropped > 0 else { return Self.lines(of: head + tail) }
    return Self.lines(of: head) + ["[... \(dropped) bytes ...]"] + Self.lines(of: tail)
  }

  private static func lines(of bytes: [UInt8]) -> [String] {
    NumberedLines(bytes).map { VisibleText.escape($0.bytes) }.filter { !$0.isEmpty }
  }
}
