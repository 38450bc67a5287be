import SystemSupport
import Testing

@Suite struct VisibleTextTests {
  static let cases: [(input: [UInt8], shown: String)] = [
    (Array("plain text, 100 %".utf8), "plain text, 100 %"),
    (Array("größe ✓ 漢字".utf8), "größe ✓ 漢字"),
    ([0x1b, 0x5b, 0x32, 0x4a], "\\x1b[2J"),
    (Array("a\nb\tc\r\u{7f}\0".utf8), "a\\nb\\tc\\r\\x7f\\x00"),
    (Array("back\\slash".utf8), "back\\\\slash"),
    ([0x61, 0xff, 0xc3, 0x28, 0x9b], "a\\xff\\xc3(\\x9b"),
    ([0xc0, 0x8a, 0xed, 0xa0, 0x80], "\\xc0\\x8a\\xed\\xa0\\x80"),
    (Array("\u{9b}31m".utf8), "\\u{9b}31m"),
    (Array("a\u{202e}b\u{200b}\u{feff}\u{2028}".utf8), "a\\u{202e}b\\u{200b}\\u{feff}\\u{2028}"),
    ([0xe2, 0x9c], "\\xe2\\x9c"),
  ]

  @Test(arguments: cases) func `dangerous bytes become marks`(input: [UInt8], shown: String) {
    #expect(VisibleText.escape(input) == shown)
  }

  @Test func `no control byte survives any input`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let shown = VisibleText.escape(bytes)
      #expect(shown.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }
  }

  @Test func `an escape of an escape differs from it`() {
    #expect(VisibleText.escape("\u{1b}") != VisibleText.escape("\\x1b"))
  }
}
