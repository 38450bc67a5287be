/// What stands for our own signs and lines where only ASCII can be shown.
enum ASCIIMarks {
  /// The mark of the same width; other people's characters become question marks.
  static func mark(for text: String) -> Character {
    if text.utf8.count == 1, let first = text.first { return first }
    return table[text] ?? "?"
  }

  private static let table: [String: Character] = [
    "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "▸": ">",
    "✓": "+", "●": "*", "✗": "x", "◐": "~", "○": "o", "…": "~", "·": "-", "→": ">", "−": "-",
    "↳": "+", "▲": "^", "▼": "v", "█": "#", "░": ".",
  ]
}
