/// A piece of a line with one meaning.
package struct Span: Hashable, Sendable {
  package var text: String
  package var role: Role

  package init(_ text: String, _ role: Role = .normal) {
    self.text = text
    self.role = role
  }
}

extension [Span] {
  /// The columns that the spans take.
  package var width: Int { reduce(0) { $0 + TextWidth.of($1.text) } }
}

/// Makes texts fit into columns without cutting a word where that can be helped.
package enum TextFitting {
  /// The text in at most so many columns: it ends after a whole word and `…`.
  package static func fit(_ text: String, _ columns: Int) -> String {
    guard TextWidth.of(text) > columns else { return text }
    guard columns > 1 else { return columns == 1 ? "…" : "" }
    let start = prefix(of: text, columns - 1)
    // What fits may end with a word; else go back to the last space. A word so long that this
    // would lose much, such as a path, is cut.
    if text[start.endIndex...].first == " " { return trimmed(start) + "…" }
    if let space = start.lastIndex(of: " ") {
      let lost = TextWidth.of(start[space...])
      if lost <= 20, lost * 2 <= columns { return trimmed(start[..<space]) + "…" }
    }
    return start + "…"
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

  /// Breaks a text into lines of at most so many columns, between words where possible.
  package static func wrap(_ text: String, _ columns: Int) -> [String] {
    guard columns > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var rest = word
      if !line.isEmpty, TextWidth.of(line) + 1 + TextWidth.of(rest) > columns {
        lines.append(line)
        line = ""
      }
      while TextWidth.of(rest) > columns {
        let part = prefix(of: rest, columns)
        guard !part.isEmpty else { break }
        lines.append(String(part))
        rest = rest[part.endIndex...]
      }
      line += line.isEmpty ? String(rest) : " " + rest
    }
    return lines + [line]
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

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let last = text.last, " ,;:".contains(last) { text.removeLast() }
    return String(text)
  }
}
