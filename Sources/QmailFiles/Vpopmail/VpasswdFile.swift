internal import Glibc

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
  }

  /// Calls a body with each line, in order.
  ///
  /// - Throws: `Failure` for the first line that is none; the lines before it have been given.
  package static func forEachLine(
    of bytes: UnsafeBufferPointer<UInt8>, _ body: (Line) -> Void
  ) throws(Failure) {
    var (number, start) = (0, 0)
    while start < bytes.count {
      number += 1
      let end = unsafe bytes.firstIndex(of: .newline, from: start, to: bytes.count) ?? bytes.count
      body(
        try unsafe line(
          number, start..<end, of: bytes, isTerminated: end < bytes.count))
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

  /// The flags that a field says; one that is no number says none, as atoi(3) reads it: white space
  /// and a sign may stand before the number.
  package static func flags(_ field: some Collection<UInt8>) -> MailboxFlags {
    var value: UInt32 = 0
    let number = field.drop { $0 == UInt8(ascii: " ") || 9...13 ~= $0 }
    let isNegative = number.starts(with: "-".utf8)
    for byte in number.dropFirst(isNegative || number.starts(with: "+".utf8) ? 1 : 0) {
      guard byte &- 0x30 < 10 else { break }
      value = value &* 10 &+ UInt32(byte &- 0x30)
    }
    if isNegative { value = 0 &- value }
    return MailboxFlags(rawValue: value)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first place of a byte in a part of the buffer.
  fileprivate func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = baseAddress,
      let found = unsafe memchr(base + start, CInt(byte), end - start)
    else { return nil }
    return unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
  }
}
