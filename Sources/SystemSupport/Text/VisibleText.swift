/// The one escape for text that strangers wrote: file names, log lines, program output.
///
/// No byte that passes can act on a terminal or forge a line of a log. Control characters, bytes
/// that are not UTF-8, and characters that reorder or hide text become visible marks: `\n`, `\t`,
/// `\x1b`, `\u{202e}`. A backslash becomes `\\`, so that a mark cannot be forged.
package enum VisibleText {
  /// The text with every dangerous character replaced by its mark.
  package static func escape(_ text: String) -> String {
    isPlain(text.utf8) ? text : escape(Array(text.utf8))
  }

  /// The bytes as text, with every dangerous character or byte replaced by its mark.
  package static func escape(_ bytes: some Collection<UInt8>) -> String {
    if isPlain(bytes) { return String(decoding: bytes, as: UTF8.self) }
    var result = ""
    var decoder = UTF8Scanner(bytes)
    while let unit = decoder.next() {
      switch unit {
      case .scalar(let scalar): append(scalar, to: &result)
      case .stray(let byte): result += "\\x" + hexadecimal(UInt32(byte), width: 2)
      }
    }
    return result
  }

  /// Whether every byte is printable ASCII other than a backslash.
  private static func isPlain(_ bytes: some Collection<UInt8>) -> Bool {
    let inMemory = bytes.withContiguousStorageIfAvailable { buffer in
      unsafe buffer.allSatisfy { isPlain($0) }
    }
    return inMemory ?? bytes.allSatisfy { isPlain($0) }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\\")
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
    switch scalar {
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    case "\\": result += "\\\\"
    case _ where scalar.value < 0x20 || scalar.value == 0x7f:
      result += "\\x" + hexadecimal(scalar.value, width: 2)
    case _ where isDangerous(scalar): result += "\\u{" + hexadecimal(scalar.value, width: 1) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }

  /// Whether a scalar is a C1 control, reorders text, takes no room, or means nothing anywhere.
  private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
      .surrogate:
      true
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  private static func hexadecimal(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// Decodes UTF-8 strictly, giving the bytes that are not UTF-8 one by one.
private struct UTF8Scanner<Bytes: Collection<UInt8>> {
  enum Unit {
    case scalar(Unicode.Scalar)
    case stray(UInt8)
  }

  private var rest: Bytes.SubSequence

  init(_ bytes: Bytes) { rest = bytes[...] }

  mutating func next() -> Unit? {
    guard let first = rest.first else { return nil }
    let length = Self.sequenceLength(first)
    let candidate = rest.prefix(length)
    if length > 0, candidate.count == length,
      let text = String(validating: candidate, as: UTF8.self),
      let scalar = text.unicodeScalars.first
    {
      rest = rest.dropFirst(length)
      return .scalar(scalar)
    }
    rest = rest.dropFirst()
    return .stray(first)
  }

  private static func sequenceLength(_ first: UInt8) -> Int {
    switch first {
    case 0x00...0x7f: 1
    case 0xc2...0xdf: 2
    case 0xe0...0xef: 3
    case 0xf0...0xf4: 4
    default: 0
    }
  }
}
