import Testing

@testable import Updating

@Suite struct KeyLinesTests {
  /// A document with all that could lead a search for keys astray.
  static let text = #"""
    # a = 1
    a = 1 # b = 2
    "b=c" = "[x] # \" y = 1" ; 'd' = 2
    e."f.g".h = [1,
      [2, "]"], # ]
      { i = 3, j = [4] },
    ]
    k = """
    l = 1
    [m]
    \"""
    """"
    n = '''
    \'''
    [o.'p q'] # [r]
    s = { t = { u = 1 }, v = 2 }
    w="""x"""
    [[y]]
    z = 1979-05-27T07:32:00Z
    "\u00e9\t" = 1
    """#.replacing(" ; ", with: "\n")

  static let lines: [(SettingsPath, Int)] = [
    (SettingsPath("a"), 2), (SettingsPath("b=c"), 3), (SettingsPath("d"), 4),
    (SettingsPath("e"), 5), (SettingsPath("e", "f.g", "h"), 5),
    (SettingsPath("e", "f.g", "h").appending(0), 5),
    (SettingsPath("e", "f.g", "h").appending(1), 6),
    (SettingsPath("e", "f.g", "h").appending(1).appending(1), 6),
    (SettingsPath("e", "f.g", "h").appending(2).appending("j"), 7),
    (SettingsPath("k"), 9), (SettingsPath("n"), 14), (SettingsPath("o"), 16),
    (SettingsPath("o", "p q"), 16), (SettingsPath("o", "p q", "s", "t", "u"), 17),
    (SettingsPath("o", "p q", "s", "v"), 17), (SettingsPath("o", "p q", "w"), 18),
    (SettingsPath("y"), 19), (SettingsPath("y", "z"), 20), (SettingsPath("y", "é\t"), 21),
  ]

  @Test(arguments: lines)
  func `a key is found on its line`(_ path: SettingsPath, _ line: Int) {
    #expect(KeyLines(Self.text)[path] == line)
  }

  @Test func `the document of the table is TOML`() throws {
    let document = try TOMLDocument(Self.text)
    #expect(document.keys().sorted() == ["a", "b=c", "d", "e", "k", "n", "o", "y"])
  }

  @Test(arguments: ["b", "c", "l", "m", "r", "i", "t", "x", "z"])
  func `what only looks like a key is none`(_ key: String) {
    #expect(KeyLines(Self.text)[SettingsPath(key)] == nil)
  }

  @Test func `a place without a line of its own has that of the place around it`() {
    #expect(KeyLines(Self.text)[SettingsPath("o", "p q", "none").appending(3)] == 16)
  }

  @Test func `lines end with a carriage return too, and a byte order mark is no key`() {
    let lines = KeyLines("\u{feff}a = 1\r\n\r\n[b]\r\nc = 2\r\n")
    #expect(lines[SettingsPath("a")] == 1)
    #expect(lines[SettingsPath("b", "c")] == 4)
  }

  @Test func `every piece of a document is searched to its end`() {
    let text = Array(Self.text.unicodeScalars)
    for start in text.indices {
      for length in [1, 3, 10, 40] {
        let piece = text[start...].prefix(length)
        _ = KeyLines(String(String.UnicodeScalarView(piece)))
      }
    }
  }
}
