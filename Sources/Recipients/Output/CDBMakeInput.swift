/// Records as text: `+KLEN,DLEN:KEY->DATA`, a line each, and an empty line at the end.
///
/// It is what cdbmake and `cdb -c` read, and `cdb -d` and cdbdump print.
package enum CDBMakeInput {
  /// What ends the text.
  package static let end: [UInt8] = [UInt8(ascii: "\n")]

  /// Appends a record's line.
  package static func append(
    key: some Collection<UInt8>, value: some Collection<UInt8>, to text: inout [UInt8]
  ) {
    text += "+\(key.count),\(value.count):".utf8
    text += key
    text += "->".utf8
    text += value
    text.append(UInt8(ascii: "\n"))
  }
}
