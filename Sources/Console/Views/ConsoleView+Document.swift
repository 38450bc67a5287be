internal import SystemSupport

extension ConsoleView {
  /// A page of text: its title, what is visible of it, and where that is.
  func drawDocument(on screen: inout Screen) {
    let layout = Layout(state)
    let bottom = layout.messageRows.lowerBound
    let lines = Document(state).lines(width: state.size.columns)
    let rows = bottom - 2
    let top = min(max(0, state.document.top), max(0, lines.count - rows))
    let isWhole = lines.count <= rows
    let place = isWhole ? "" : "\(top + 1)–\(min(top + rows, lines.count)) of \(lines.count)"
    var right = [Span(isASCII ? place.replacing("–", with: "-") : place, .quiet)]
    if !state.document.find.isEmpty {
      right.insert(Span("“\(VisibleText.escape(state.document.find))”  ", .normal), at: 0)
    }
    drawRule(
      [Span(Document(state).title, .focus)], right: right.width > 0 ? right : [], isFocused: true,
      1, on: &screen)
    let pattern = LogEntry.folded(state.document.find)
    for (offset, line) in lines[top..<min(top + rows, lines.count)].enumerated() {
      screen.put(line, at: 0, 2 + offset)
      mark(pattern, in: line, 2 + offset, on: &screen)
    }
  }

  private func mark(_ pattern: [UInt8], in line: [Span], _ row: Int, on screen: inout Screen) {
    guard !pattern.isEmpty else { return }
    let bytes = Array(line.map(\.text).joined().utf8)
    var from = 0
    while let range = LogEntry.range(of: pattern, in: bytes, from: from) {
      let before = TextWidth.of(String(decoding: bytes[..<range.lowerBound], as: UTF8.self))
      let width = TextWidth.of(String(decoding: bytes[range], as: UTF8.self))
      screen.mark(before..<(before + width), row, as: .match)
      from = range.upperBound
    }
  }
}
