/// `vpasswd`: the mailboxes of one of vpopmail's domains.
///
/// A line is `NAME:HASH:GID:FLAGS:GECOS:DIR:QUOTA[:CLEAR]`. vpopmail itself stops listing at the
/// first line with fewer than six colons, and its .cdb lacks a last line without a newline. A name
/// with a control character is none: vpopmail makes no such mailbox.
package enum VpasswdFile {
  /// A line, as places in the file's bytes; nothing is copied.
  package struct Line: Sendable {
    /// The line in the file, counted from 1.
    package let number: Int
    package let name: Range<Int>
    package let hash: Range<Int>
    package let flags: Range<Int>
    /// Whether a newline ended the line; false only for the last one.
    package let isTerminated: Bool
  }

  /// What is wrong with a line.
  package struct Failure: Error, Equatable {
    package let line: Int
    package let expected: String

    package init(line: Int, expected: String) {
      self.line = line
      self.expected = expected
    }
  }

  /// Calls a body with each line, in order.
  ///
  /// - Throws: `Failure` for the first line that is none, or what the body throws; the lines before it
  ///   have been given.
  package static func forEachLine(
    of bytes: UnsafeBufferPointer<UInt8>, _ body: (Line) throws(Failure) -> Void
  ) throws(Failure) {
    var (number, start) = (0, 0)
    while start < bytes.count {
      number += 1
      let end = unsafe bytes.firstIndex(of: .newline, from: start, to: bytes.count) ?? bytes.count
      try body(unsafe line(number, start..<end, of: bytes, isTerminated: end < bytes.count))
      start = end + 1
    }
  }

  private static func line(
    _ number: Int, _ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, isTerminated: Bool
  ) throws(Failure) -> Line {
    var colons = InlineArray<6, Int>(repeating: 0)
    var position = range.lowerBound
    for index in colons.indices {
      guard
        let colon = unsafe bytes.firstIndex(of: .colon, from: position, to: range.upperBound)
      else {
        throw Failure(
          line: number, expected: "NAME:HASH:GID:FLAGS:GECOS:DIR:QUOTA, found \(index) colons")
      }
      colons[index] = colon
      position = colon + 1
    }
    let name = range.lowerBound..<colons[0]
    guard !name.isEmpty else { throw Failure(line: number, expected: "a name") }
    guard unsafe !bytes[name].contains(where: \.isControl) else {
      throw Failure(line: number, expected: "a name without control characters")
    }
    return Line(
      number: number, name: name, hash: (colons[0] + 1)..<colons[1],
      flags: (colons[2] + 1)..<colons[3], isTerminated: isTerminated)
  }

  /// The flags that a field says; nil when it is no number of 32 bits.
  ///
  /// As vpopmail reads it, an empty field says none, and white space and a sign may stand before the
  /// number. Of `0x20` or `32,2048` vpopmail reads the digits in front and lets in whom they seem to
  /// forbid.
  package static func flags(_ field: Span<UInt8>) -> MailboxFlags? {
    if field.isEmpty { return [] }
    var start = 0
    while start < field.count, field[start] == UInt8(ascii: " ") || 9...13 ~= field[start] {
      start += 1
    }
    let sign = start < field.count ? field[start] : 0
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { start += 1 }
    guard start < field.count else { return nil }
    var value: Int64 = 0
    for place in start..<field.count {
      let digit = field[place] &- 0x30
      guard digit < 10, value <= UInt32.max else { return nil }
      value = value * 10 + Int64(digit)
    }
    return sign == UInt8(ascii: "-")
      ? Int32(exactly: -value).map { MailboxFlags(rawValue: UInt32(bitPattern: $0)) }
      : UInt32(exactly: value).map { MailboxFlags(rawValue: $0) }
  }
}
