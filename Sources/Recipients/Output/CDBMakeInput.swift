internal import SystemSupport

/// Records as text: `+KLEN,DLEN:KEY->DATA`, a line each, and an empty line at the end.
///
/// It is what cdbmake and `cdb -c` read, and `cdb -d` and cdbdump print.
package enum CDBMakeInput {
  /// What ends the text.
  package static let end: [UInt8] = [UInt8(ascii: "\n")]

  /// Appends a record's line.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - value: The value.
  ///   - isShown: Whether it is for a terminal, on which no byte of key and value must act.
  ///   - text: What it is appended to.
  package static func append(
    key: some Collection<UInt8>, value: some Collection<UInt8>, shown isShown: Bool,
    to text: inout [UInt8]
  ) {
    text += "+\(key.count),\(value.count):".utf8
    append(key, shown: isShown, to: &text)
    text += "->".utf8
    append(value, shown: isShown, to: &text)
    text.append(UInt8(ascii: "\n"))
  }

  /// Appends bytes in which strangers may have put anything.
  package static func append(
    _ bytes: some Collection<UInt8>, shown isShown: Bool, to text: inout [UInt8]
  ) {
    if isShown { text += VisibleText.escape(bytes).utf8 } else { text += bytes }
  }
}
