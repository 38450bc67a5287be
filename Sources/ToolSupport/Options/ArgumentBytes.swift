internal import Glibc

/// The bytes of arguments, which need not be UTF-8: an address may be in Latin-1.
package enum ArgumentBytes {
  /// The bytes of an option's value that was parsed as text.
  ///
  /// Each byte that is not UTF-8 is U+FFFD in the text; the argument that reads so is looked for.
  package static func of(_ text: String) -> [UInt8] {
    guard text.unicodeScalars.contains("\u{fffd}") else { return Array(text.utf8) }
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
      let bytes = unsafe Array(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
      // The value may stand behind the option's name.
      let value =
        bytes.starts(with: "--".utf8)
        ? bytes.drop { $0 != UInt8(ascii: "=") }.dropFirst() : bytes[...]
      if String(decoding: value, as: UTF8.self) == text { return Array(value) }
    }
    return Array(text.utf8)
  }
}
