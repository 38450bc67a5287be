import Console
import Testing

@Suite struct TextWidthTests {
  @Test(arguments: [
    ("", 0), ("plain", 5), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("規則.cdb", 8), ("→✓●", 3),
    ("😀", 2), ("\u{1100}\u{1161}", 2), ("─│", 2),
  ])
  func `a text takes the columns of its characters`(_ text: String, _ width: Int) {
    #expect(TextWidth.of(text) == width)
  }
}

@Suite struct TextFittingTests {
  @Test(arguments: [
    ("short", 10, "short"), ("one two three", 13, "one two three"),
    ("one two three", 10, "one two…"),
    ("one two three", 8, "one two…"), ("one two three", 7, "one…"), ("word", 1, "…"),
    ("word", 0, ""),
    ("a, b, c, d", 5, "a…"), ("a b, c d", 5, "a b…"), ("日本語テキスト", 7, "日本語…"),
    ("see /a/very/long/path/without/a/space", 20, "see /a/very/long/pa…"),
  ])
  func `a text ends after a whole word`(_ text: String, _ columns: Int, _ expected: String) {
    let fitted = TextFitting.fit(text, columns)
    #expect(fitted == expected)
    #expect(TextWidth.of(fitted) <= columns)
  }

  @Test(arguments: [
    ("qmail-send", 10, "qmail-send"), ("/home/vpopmail/etc/tcp.smtp.cdb", 15, "/home/v…smtp.cdb"),
  ])
  func `a name keeps both its ends`(_ name: String, _ columns: Int, _ expected: String) {
    let fitted = TextFitting.fitName(name, columns)
    #expect(TextWidth.of(fitted) <= columns)
    #expect(fitted.first == name.first && fitted.last == name.last)
    if name.count <= columns { #expect(fitted == expected) }
  }

  @Test func `wrapped lines are never too wide, and lose nothing`() {
    let text = "a word, averyverylongwordwithoutanyspace and 日本語テキスト again"
    for columns in 2...40 {
      let lines = TextFitting.wrap(text, columns)
      #expect(lines.allSatisfy { TextWidth.of($0) <= columns })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }
}
