internal import SystemSupport

/// A page of text that is read by scrolling: details, an explanation, the help.
struct Document {
  let state: ConsoleState

  init(_ state: ConsoleState) { self.state = state }

  var title: String {
    switch state.page {
    case .overview: ""
    case .details(let rule): VisibleText.escape(rule)
    case .explain: "explain " + VisibleText.escape(state.explanation?.address ?? "")
    case .help: "qmail-console: help"
    }
  }

  /// The lines, none wider than the screen.
  func lines(width: Int) -> [[Span]] {
    var builder = DocumentBuilder(width: width)
    switch state.page {
    case .overview: break
    case .details(let rule):
      if let product = state.facts.product(rule) {
        DetailsPage(product, state).write(to: &builder)
      } else {
        builder.text("The rule is gone: its files are not here any more.")
      }
    case .explain: ExplanationPage(state.explanation).write(to: &builder)
    case .help: HelpPage(state).write(to: &builder)
    }
    return builder.lines
  }
}

/// Collects the lines of a page.
struct DocumentBuilder {
  let width: Int
  private(set) var lines: [[Span]] = []

  init(width: Int) { self.width = width }

  mutating func blank() { if lines.last?.isEmpty == false { lines.append([]) } }

  /// The name of a section.
  mutating func heading(_ text: String, _ note: String = "") {
    blank()
    lines.append([Span(" " + text, .heading), Span(note.isEmpty ? "" : "  " + note, .quiet)])
  }

  /// A line with parts of different meaning, cut at the width.
  mutating func line(_ spans: [Span]) {
    var left = width - 1
    var shown: [Span] = []
    for span in spans where left > 0 {
      let text = TextFitting.fit(span.text, left)
      shown.append(Span(text, span.role))
      left -= TextWidth.of(text)
    }
    lines.append(shown)
  }

  /// A text, wrapped; one of several in a list has all rows but its first set in further.
  ///
  /// Of one that takes more than so many rows the last one tells how much is left out.
  mutating func text(
    _ text: String, _ role: Role = .normal, indent: Int = 2, hanging: Int = 0,
    atMost limit: Int = .max
  ) {
    let words = text.drop { $0 == " " }
    let indent = indent + text.count - words.count
    let rows = TextFitting.wrap(String(words), max(8, width - indent - 1), hanging: hanging)
    let shown = rows.prefix(rows.count > limit ? limit - 1 : limit)
    for (index, row) in shown.enumerated() {
      let start = indent + (index == 0 ? 0 : hanging)
      lines.append([
        Span(TextFitting.pad(row.lead, start, right: true), .quiet), Span(String(row.text), role),
      ])
    }
    guard shown.count < rows.count, let last = shown.last else { return }
    let left = last.text.base[last.text.endIndex...].count
    line([
      Span(TextFitting.pad("", indent + hanging), .quiet),
      Span("… and \(Words.count(left)) characters more", .quiet),
    ])
  }

  /// A word in a column of its own, and a text beside it, wrapped.
  mutating func entry(_ word: Span, column: Int, _ text: String, _ role: Role = .normal) {
    let wrapped = TextFitting.wrap(text, max(8, width - column - 3))
    for (index, row) in wrapped.enumerated() {
      let first =
        index == 0
        ? TextFitting.pad(word.text, column) : TextFitting.pad(row.lead, column, right: true)
      lines.append([Span("  "), Span(first, word.role), Span(String(row.text), role)])
    }
  }
}
