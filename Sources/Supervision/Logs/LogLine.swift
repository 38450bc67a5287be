/// One line of a log, as multilog wrote it.
package struct LogLine: Hashable, Sendable {
  /// The time stamp of multilog's `t`; nil when the line has none that is exactly of its form.
  package let stamp: TAI64N?
  /// The rest of the line without its newline: a stranger's bytes, not yet safe to show.
  package let text: [UInt8]
  /// How many bytes of a very long line were left out after `text`.
  package let dropped: Int
  /// Where the line begins.
  package let position: LogPosition

  /// Splits the stamp off a line.
  init(_ bytes: [UInt8], dropped: Int, position: LogPosition) {
    let length = TAI64N.textLength
    if bytes.count > length, bytes[length] == UInt8(ascii: " "),
      let stamp = TAI64N(bytes[..<length])
    {
      self.stamp = stamp
      text = Array(bytes[(length + 1)...])
    } else {
      stamp = nil
      text = bytes
    }
    self.dropped = dropped
    self.position = position
  }

  /// The most bytes of a line that are kept, stamp included.
  package static let maximumLength = 1 << 13
}
