internal import Glibc

/// Letters, blanks and fields as qmail sees them: bytes, ASCII only, whatever the locale.
extension UInt8 {
  static let colon = UInt8(ascii: ":")
  static let newline = UInt8(ascii: "\n")

  /// The byte with `A` to `Z` made small.
  @inlinable package var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// Whether the byte is a control character of ASCII, which could act on a terminal.
  package var isControl: Bool { self < 0x20 || self == 0x7f }

  /// Whether the byte is a blank, a tab or a newline: what qmail strips at the end of a line.
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == .newline }
}

extension Collection<UInt8> {
  /// The bytes with `A` to `Z` made small.
  package var lowercased: [UInt8] {
    var bytes = Array(self)
    for place in bytes.indices { bytes[place] = bytes[place].lowercased }
    return bytes
  }
}

extension BidirectionalCollection<UInt8> {
  /// The bytes without the blanks, tabs and newlines at their end.
  package var withoutTrailingBlanks: SubSequence {
    var end = endIndex
    while end > startIndex, self[index(before: end)].isBlank { formIndex(before: &end) }
    return self[..<end]
  }
}

extension ArraySlice<UInt8> {
  /// The fields between colons; empty fields count.
  var colonFields: [ArraySlice<UInt8>] {
    split(separator: .colon, omittingEmptySubsequences: false)
  }

  /// The decimal number that the bytes are, nothing else beside it.
  func number<Number: FixedWidthInteger>(as type: Number.Type) -> Number? {
    guard !isEmpty, allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    return Number(String(decoding: self, as: UTF8.self))
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first place of a byte in a part of the buffer.
  func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = baseAddress,
      let found = unsafe memchr(base + start, CInt(byte), end - start)
    else { return nil }
    return unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
  }
}
