import QmailFiles
import Testing

@Suite struct ControlFileTests {
  @Test(
    arguments: [
      ("mx.example \t \nrest", "mx.example"), ("", ""), ("\nsecond", ""), ("  a b", "  a b"),
      ("a\r\n", "a\r"), ("#not a comment", "#not a comment"),
    ])
  func `the first line loses the blanks at its end`(text: String, expected: String) {
    #expect(ControlFile.firstLine(of: Array(text.utf8)) == Array(expected.utf8))
  }

  @Test(
    arguments: [
      ("42\n", 42), ("42abc", 42), ("0", 0), ("-5\n", nil), ("abc", nil), (" 7", nil), ("", nil),
      ("99999999999999999999999", nil),
    ] as [(String, Int?)])
  func `a number is the digits in front, and nothing else is one`(text: String, expected: Int?) {
    #expect(ControlFile.integer(of: Array(text.utf8)) == expected)
  }

  @Test(
    arguments: [
      ("a\nb\n", [(1, "a"), (2, "b")]),
      ("a", [(1, "a")]),
      ("\n#c\n \t\na \t \n", [(4, "a")]),
      (" #x\n  a\n", [(1, " #x"), (2, "  a")]),
      ("a #b\n", [(1, "a #b")]),
      ("a\r\n\r\n", [(1, "a\r"), (2, "\r")]),
      ("", []),
    ] as [(String, [(Int, String)])])
  func `entries are the lines that are neither empty nor comments`(
    text: String, expected: [(Int, String)]
  ) {
    let entries = expected.map { ControlFile.Entry(line: $0.0, bytes: Array($0.1.utf8)) }
    #expect(ControlFile.entries(of: Array(text.utf8)) == entries)
  }

  @Test func `keys of a list are in small letters, in order, doubles included`() {
    let text = "B.Example \n#x\n\n-user@A.example\n a\nb.example\r\nb.example"
    let list = KeyList(parsing: Array(text.utf8))
    let keys = list.places.map { String(decoding: list.bytes[$0], as: UTF8.self) }
    #expect(keys == ["b.example", "-user@a.example", " a", "b.example\r", "b.example"])
  }
}
