/// Makes texts fit into columns without cutting a word where that can be helped.
///
/// One rule for all that is shown: words stay whole. A word that has no room even in a row of its
/// own, such as a long path, ends after a sign in it; one without such a sign is cut.
package enum TextFitting {
  /// The text in at most so many columns: it ends after a whole word and `…`.
  package static func fit(_ text: String, _ columns: Int) -> String {
    guard TextWidth.of(text) > columns else { return text }
    guard columns > 1 else { return columns == 1 ? "…" : "" }
    return String(trimmed(TextBreak.end(of: text[...], columns - 1, besideWord: 20))) + "…"
  }

  /// A name in at most so many columns: its middle is left out, since both ends tell.
  package static func fitName(_ text: String, _ columns: Int) -> String {
    guard TextWidth.of(text) > columns else { return text }
    guard columns > 4 else { return String(prefix(of: text, max(0, columns - 1))) + "…" }
    let tail = (columns - 1) / 2
    return prefix(of: text, columns - 1 - tail) + "…" + suffix(of: text, tail)
  }

  /// Pads with spaces to a width.
  package static func pad(_ text: String, _ columns: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, columns - TextWidth.of(text)))
    return right ? space + text : text + space
  }

  /// Breaks a text into rows of at most so many columns, of which at least one is there.
  ///
  /// - Parameters:
  ///   - text: The text, safe to show.
  ///   - columns: The room.
  ///   - indent: How many columns fewer all rows but the first have.
  /// - Returns: The rows, without the spaces between them.
  package static func wrap(_ text: String, _ columns: Int, hanging indent: Int = 0) -> [TextRow] {
    var rows: [TextRow] = []
    var rest = text[...]
    var isWithinWord = false
    var room = max(1, columns)
    while TextWidth.exceeds(rest, room) {
      let row = TextBreak.end(of: rest, room, besideWord: room / 2)
      rows.append(TextRow(text: row, isWithinWord: isWithinWord))
      rest = rest[row.endIndex...]
      isWithinWord = rest.unicodeScalars.first != " "
      rest = rest[(rest.unicodeScalars.firstIndex { $0 != " " } ?? rest.endIndex)...]
      room = max(1, columns - indent)
    }
    if rest.isEmpty, !rows.isEmpty { return rows }
    return rows + [TextRow(text: rest, isWithinWord: isWithinWord)]
  }

  /// The longest start of a text that takes at most so many columns.
  static func prefix<Text: StringProtocol>(of text: Text, _ columns: Int) -> Text.SubSequence {
    var width = 0
    var end = text.startIndex
    for index in text.unicodeScalars.indices {
      width += TextWidth.of(text.unicodeScalars[index])
      if width > columns { break }
      end = text.unicodeScalars.index(after: index)
    }
    return text[..<end]
  }

  private static func suffix(of text: String, _ columns: Int) -> Substring {
    var width = 0
    var start = text.endIndex
    for index in text.unicodeScalars.indices.reversed() {
      width += TextWidth.of(text.unicodeScalars[index])
      if width > columns { break }
      start = index
    }
    // A mark that combines with what is left out has nothing to stand on.
    while start < text.endIndex, TextWidth.of(text.unicodeScalars[start]) == 0 {
      start = text.unicodeScalars.index(after: start)
    }
    return text[start...]
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let last = text.last, " ,;:".contains(last) { text.removeLast() }
    return text
  }
}

/// One of the rows that a text was broken into.
package struct TextRow: Equatable, Sendable {
  /// The part of the text; its `base` is the whole.
  package let text: Substring
  /// Whether it goes on with a word that the row before could not hold.
  package let isWithinWord: Bool

  /// What stands in two columns before a row, so that nobody takes a broken word for two.
  package var lead: String { isWithinWord ? "↳ " : "  " }
}

/// Where a text that is too long for a row ends in it.
private enum TextBreak {
  /// The part of a text that the row holds, without the spaces that follow.
  ///
  /// - Parameters:
  ///   - text: More than fits.
  ///   - columns: The room.
  ///   - limit: How many columns may stay empty for the sake of a whole word, if the word is one
  ///     that a row of its own cannot hold either.
  /// - Returns: A start of the text, never empty.
  static func end(of text: Substring, _ columns: Int, besideWord limit: Int) -> Substring {
    let scalars = text.unicodeScalars
    let fitting = TextFitting.prefix(of: text, columns)
    guard !fitting.isEmpty else { return text[..<scalars.index(after: text.startIndex)] }
    if scalars[fitting.endIndex] == " " { return withoutSpaces(fitting) }
    let space = fitting.unicodeScalars.lastIndex(of: " ")
    let word = space.map(scalars.index(after:)) ?? text.startIndex
    let before = withoutSpaces(text[..<(space ?? text.startIndex)])
    let isLong = isLonger(text[word...], columns)
    if !before.isEmpty,
      !isLong || TextWidth.of(text[word..<fitting.endIndex]) <= min(limit, columns / 2)
    {
      return before
    }
    // The last name in the part of a path that fits may be whole.
    if scalars[fitting.endIndex] == "/" { return fitting }
    return lastSign(in: text[word..<fitting.endIndex]).map { text[..<$0] } ?? fitting
  }

  /// Whether the word that a text begins with takes more than so many columns.
  private static func isLonger(_ text: Substring, _ columns: Int) -> Bool {
    let start = TextFitting.prefix(of: text, columns)
    return start.endIndex < text.endIndex && text.unicodeScalars[start.endIndex] != " "
      && !start.unicodeScalars.contains(" ")
  }

  /// The place after the last sign at which a long word may be broken; nil when that would leave
  /// little of it.
  private static func lastSign(in word: Substring) -> String.Index? {
    let scalars = word.unicodeScalars
    let sign = scalars.indices.last { index in
      let scalar = scalars[index]
      guard scalar != "/" else { return true }
      // The sign that a name in a path begins with stays with it.
      let isFirst = index == scalars.startIndex || scalars[scalars.index(before: index)] == "/"
      return !isFirst && ",.;:=@&?+|-_".unicodeScalars.contains(scalar)
    }
    guard let end = sign.map(scalars.index(after:)) else { return nil }
    return 3 * TextWidth.of(word[..<end]) >= TextWidth.of(word) ? end : nil
  }

  private static func withoutSpaces(_ text: Substring) -> Substring {
    let last = text.unicodeScalars.lastIndex { $0 != " " }
    return text[..<(last.map(text.unicodeScalars.index(after:)) ?? text.startIndex)]
  }
}
