package import Supervision
package import SystemSupport

/// One line of a log, or a note between two.
package struct LogEntry: Equatable, Sendable {
  /// multilog's time stamp; nil when the line has none.
  package let stamp: TAI64N?
  /// The line without its stamp: a stranger's bytes, not yet safe to show.
  package let text: [UInt8]
  /// How many bytes of a very long line are left out after the text.
  package let dropped: Int
  /// Where the line lies; nil for a note.
  package let position: LogPosition?

  package init(
    stamp: TAI64N?, text: [UInt8], dropped: Int = 0, position: LogPosition? = nil
  ) {
    self.stamp = stamp
    self.text = text
    self.dropped = dropped
    self.position = position
  }

  /// Whether it is a line of the log, with a place in it.
  package var isLine: Bool { position != nil }

  /// When it was written, as its stamp says.
  package var time: Timestamp? { stamp?.timestamp }

  /// Whether the text holds other bytes, ASCII letters of either case being equal.
  package func contains(_ pattern: [UInt8]) -> Bool {
    Self.range(of: pattern, in: text, from: 0) != nil
  }

  /// The first place of a folded pattern.
  static func range(of pattern: [UInt8], in text: [UInt8], from start: Int) -> Range<Int>? {
    guard let first = pattern.first, text.count >= pattern.count else { return nil }
    var place = start
    while place + pattern.count <= text.count {
      if fold(text[place]) == first, matches(pattern, text, place) {
        return place..<(place + pattern.count)
      }
      place += 1
    }
    return nil
  }

  private static func matches(_ pattern: [UInt8], _ text: [UInt8], _ place: Int) -> Bool {
    for offset in pattern.indices where fold(text[place + offset]) != pattern[offset] {
      return false
    }
    return true
  }

  /// The bytes with ASCII capitals made small.
  package static func folded(_ text: String) -> [UInt8] { text.utf8.map(fold) }

  private static func fold(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte + 0x20 : byte
  }
}
