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
    ("see /a/very/long/path/without/a/space", 20, "see /a/very/long/…"),
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
      let lines = TextFitting.wrap(text, columns).map(\.text)
      #expect(lines.allSatisfy { TextWidth.of($0) <= columns })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }

  @Test(arguments: [
    ("one two three", 13, ["one two three"]), ("one two three", 8, ["one two", "three"]),
    ("one   two", 4, ["one", "two"]), ("", 5, [""]), ("     ", 2, [""]),
    // A word that fits into a row of its own is not broken.
    ("see /etc/tcp.smtp now", 14, ["see", "/etc/tcp.smtp", "now"]),
    // One that does not goes on where there is room, after a sign, and that is marked.
    ("at /var/qmail/control/locals", 14, ["at /var/qmail/", "↳ control/locals"]),
    ("/var/qmail/control/locals", 14, ["/var/qmail/", "↳ control/locals"]),
    ("/var/qmail/.qmail-default", 13, ["/var/qmail/", "↳ .qmail-", "↳ default"]),
    ("0123456789abcdef", 10, ["0123456789", "↳ abcdef"]),
    // A sign near the start is no place: too much of the row would be empty.
    ("/0123456789abcdef", 10, ["/012345678", "↳ 9abcdef"]),
  ])
  func `words stay whole where a row can hold them`(
    _ text: String, _ columns: Int, _ expected: [String]
  ) {
    let rows = TextFitting.wrap(text, columns)
    #expect(rows.map { ($0.isWithinWord ? $0.lead : "") + $0.text } == expected)
  }

  @Test func `all rows but the first may be narrower`() {
    let rows = TextFitting.wrap("aa bb cc dd", 5, hanging: 2).map(\.text)
    #expect(rows == ["aa bb", "cc", "dd"])
  }
}
