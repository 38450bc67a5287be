internal import Supervision
internal import SystemSupport

extension ConsoleView {
  /// The log pane: the last lines, or those around the reader's place.
  func drawLog(in rows: Range<Int>, on screen: inout Screen) {
    drawRule(
      logTitle, right: logPlace, isFocused: state.focus == .log, rows.lowerBound, on: &screen)
    let log = state.log
    guard rows.count > 1 else { return }
    let pane = LogPane(state)
    let visible = log.window(pane)
    if visible.isEmpty {
      screen.put(
        TextFitting.fit(emptyReason, state.size.columns - 3), .quiet, at: 2, rows.lowerBound + 1)
      return
    }
    var row = rows.lowerBound + 1
    for part in visible {
      let isFound = part.index == log.found && !log.find.isEmpty
      if isFound { screen.put("▸", .focus, at: 0, row) }
      draw(part.rows, of: log.entries[part.index], pane, from: row, on: &screen)
      row += part.rows.count
    }
  }

  private var logTitle: [Span] {
    guard let service = state.log.service else { return [Span("log", .heading)] }
    var title = [Span("\(service.shown) log", .heading)]
    let log = state.log
    title.append(
      Span(
        log.isFollowing
          ? " · following" : log.isBehind ? " · paused, newer lines wait" : " · paused",
        log.isFollowing ? .quiet : .stale))
    if state.facts.service(log.service)?.log == .down {
      title.append(Span(" · ITS LOGGER IS DOWN", .failed))
    }
    if !log.filter.isEmpty {
      title.append(Span(" · only “\(VisibleText.escape(log.filter))”", .stale))
    }
    if log.times != .local { title.append(Span(" · \(log.times.rawValue)", .quiet)) }
    return title
  }

  private var logPlace: [Span] {
    let log = state.log
    if let search = log.search { return [Span(progress(of: search), .building)] }
    guard !log.find.isEmpty else { return [] }
    let (place, all) = log.findCount
    let text = TextFitting.fitName(VisibleText.escape(log.find), state.size.columns / 4)
    let which = (place.map { "\(Words.count($0)) of " } ?? "") + Words.count(all)
    // Other lines of the log may hold it, too: n and N go on in them.
    let among = log.isWhole ? "in the whole log" : "in \(Words.count(log.entries.count, "line"))"
    return [Span("“\(text)” \(which) \(among)", .normal)]
  }

  /// How far a search in lines has come that are not here.
  private func progress(of search: LogState.Search) -> String {
    let lines = search.lines > 0 ? Words.count(search.lines, "line") : "lines"
    let time = search.time.map { " to \(Words.moment($0, state))" } ?? ""
    return "searching \(search.isUpward ? "older" : "newer") \(lines)\(time), Esc ends it"
  }

  private var emptyReason: String {
    let log = state.log
    if let trouble = log.trouble { return trouble }
    guard log.service != nil else { return "No service has a log that can be found." }
    guard !log.entries.isEmpty else { return "The log is empty so far." }
    let text = VisibleText.escape(log.filter)
    // What lies further up was not read, and may hold it.
    return log.isWhole
      ? "No line holds “\(text)”; Esc shows all."
      : "None of the \(Words.count(log.entries.count)) lines read holds “\(text)”; PgUp reads older ones, Esc shows all."
  }

  private func draw(
    _ visible: Range<Int>, of entry: LogEntry, _ pane: LogPane, from row: Int,
    on screen: inout Screen
  ) {
    let rows = pane.rows(of: entry)
    let column = pane.textColumn(of: entry)
    let matches = entry.isLine ? matches(in: rows) : []
    for (offset, index) in visible.enumerated() {
      let (part, row) = (rows[index], row + offset)
      var place = column
      if index > 0 {
        place = screen.put(part.lead, .quiet, at: column, row)
      } else {
        screen.put(pane.stamp(of: entry), .quiet, at: LogPane.firstColumn, row)
      }
      screen.put(part.text, entry.isLine ? .normal : .stale, at: place, row)
      if index == 0 { markState(in: part.text, at: place, row, on: &screen) }
      for match in matches { mark(match, in: part, at: place, row, on: &screen) }
    }
  }

  /// Our own log names states after the rule: the word alone stands out, so that a page of them
  /// stays quiet.
  private func markState(in text: Substring, at start: Int, _ row: Int, on screen: inout Screen) {
    var place = start
    for word in text.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false).prefix(4)
    {
      let name = word.prefix(while: \.isLetter)
      if let role = Self.stateWords[String(name)], name.count + 1 >= word.count {
        screen.mark(place..<(place + name.count), row, as: role)
        return
      }
      place += TextWidth.of(word) + 1
    }
  }

  private static let stateWords: [String: Role] = [
    "stale": .stale, "failed": .failed, "held": .held, "fatal": .failed, "alert": .failed,
    "built": .fresh, "reloaded": .fresh, "restarted": .fresh,
  ]

  /// Where the text of rows holds what is searched for, in bytes: a match may go over their ends.
  private func matches(in rows: [TextRow]) -> [Range<Int>] {
    let pattern = LogEntry.folded(state.log.find)
    let bytes = Array((rows.first?.text.base ?? "").utf8)
    var matches: [Range<Int>] = []
    var from = 0
    while let range = LogEntry.range(of: pattern, in: bytes, from: from) {
      matches.append(range)
      from = range.upperBound
    }
    return matches
  }

  private func mark(
    _ match: Range<Int>, in part: TextRow, at start: Int, _ row: Int, on screen: inout Screen
  ) {
    let here = match.clamped(to: part.bytes)
    guard !here.isEmpty else { return }
    let bytes = part.text.base.utf8
    func column(_ offset: Int) -> Int {
      let index = bytes.index(bytes.startIndex, offsetBy: offset)
      return start + TextWidth.of(part.text.base[part.text.startIndex..<index])
    }
    screen.mark(column(here.lowerBound)..<column(here.upperBound), row, as: .match)
  }
}
