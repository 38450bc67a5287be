/// Draws the whole screen: a pure function of the state.
package struct ConsoleView {
  let state: ConsoleState
  let isASCII: Bool

  package init(_ state: ConsoleState, isASCII: Bool = false) {
    self.state = state
    self.isASCII = isASCII
  }

  /// The picture.
  package func screen() -> Screen {
    var screen = Screen(state.size, isASCII: isASCII)
    guard isLargeEnough else {
      drawApology(on: &screen)
      return screen
    }
    drawTitle(on: &screen)
    if state.page == .overview {
      drawOverview(on: &screen)
    } else {
      drawDocument(on: &screen)
    }
    drawMessage(on: &screen)
    drawHints(on: &screen)
    drawMenu(on: &screen)
    drawDialog(on: &screen)
    return screen
  }

  private var isLargeEnough: Bool {
    state.size.columns >= Layout.minimum.columns && state.size.rows >= Layout.minimum.rows
  }

  /// On a tiny screen one sentence tells what is needed, and the most urgent fact.
  private func drawApology(on screen: inout Screen) {
    let needed = "\(Layout.minimum.columns)×\(Layout.minimum.rows)"
    let size = "\(state.size.columns)×\(state.size.rows)"
    let text =
      "qmail-console needs \(needed), this is \(size). \(attention.map(\.text).joined(separator: ", "))"
    for (row, line) in TextFitting.wrap(text, state.size.columns).enumerated() {
      screen.put(line.text, at: 0, row)
    }
  }

  private func drawOverview(on screen: inout Screen) {
    let layout = Layout(state)
    if let rows = layout.products { drawProducts(in: rows, on: &screen) }
    if let rows = layout.services { drawServices(in: rows, on: &screen) }
    if let rows = layout.log { drawLog(in: rows, on: &screen) }
  }

  /// A line with a name in it, over a pane.
  func drawRule(
    _ spans: [Span], right: [Span] = [], isFocused: Bool, _ row: Int, on screen: inout Screen
  ) {
    let width = state.size.columns
    screen.fill(0..<width, row, with: "─", .quiet)
    let beside = width - 9 - right.width
    var title = Self.fitting(spans, right.isEmpty || beside < 20 ? width - 5 : beside)
    if isFocused, !title.isEmpty { title[0].role = .focus }
    let end = screen.put([Span(" ")] + title + [Span(" ")], at: 2, row, before: width - 1)
    let start = width - right.width - 4
    if !right.isEmpty, start > end {
      screen.put([Span(" ")] + right + [Span(" ")], at: start, row, before: width)
    }
  }

  /// The spans in at most so many columns: the longest of them gives way.
  private static func fitting(_ spans: [Span], _ columns: Int) -> [Span] {
    var spans = spans
    let surplus = spans.width - columns
    let widths = spans.map { TextWidth.of($0.text) }
    guard surplus > 0, let longest = widths.indices.max(by: { widths[$0] < widths[$1] })
    else { return spans }
    spans[longest].text = TextFitting.fitName(
      spans[longest].text, max(1, widths[longest] - surplus))
    return spans
  }
}

extension ConsoleView {
  /// Wording of everything that asks for attention, the most urgent first.
  var attention: [Span] {
    let facts = state.facts
    let counts: [(Int, String, Role)] = [
      (facts.count(.failed), "failed", .titleAlert), (facts.count(.held), "held", .titleAlert),
      (facts.count(.unreadable, .missingInput), "unreadable", .titleAlert),
      (
        facts.services.count { [.dead, .crashing].contains($0.shownState) }, "down", .titleAlert
      ),
      (facts.count(.stale), "stale", .titleAlert), (facts.count(.building), "building", .title),
    ]
    let spans = counts.filter { $0.0 > 0 }.map { Span("\($0.0) \($0.1)", $0.2) }
    return spans.isEmpty
      ? [Span(facts.products.isEmpty ? "no products" : "all fresh", .title)] : spans
  }
}
