internal import Supervision
internal import SystemSupport

extension ConsoleView {
  /// The log pane: the last lines, or those around the reader's place.
  func drawLog(in rows: Range<Int>, on screen: inout Screen) {
    drawRule(
      logTitle, right: logPlace, isFocused: state.focus == .log, rows.lowerBound, on: &screen)
    let log = state.log
    let height = rows.count - 1
    guard height > 0 else { return }
    let indices = log.window(height)
    if indices.isEmpty {
      screen.put(
        TextFitting.fit(emptyReason, state.size.columns - 3), .quiet, at: 2, rows.lowerBound + 1)
      return
    }
    let pattern = LogEntry.folded(log.find)
    for (offset, index) in indices.enumerated() {
      let row = rows.lowerBound + 1 + offset
      drawEntry(
        log.entries[index], pattern, isFound: index == log.found && !log.find.isEmpty, row,
        on: &screen)
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
    return log.entries.isEmpty
      ? "The log is empty so far."
      : "No line holds “\(VisibleText.escape(log.filter))”; Esc shows all."
  }

  private func drawEntry(
    _ entry: LogEntry, _ pattern: [UInt8], isFound: Bool, _ row: Int, on screen: inout Screen
  ) {
    let (width, log) = (state.size.columns, state.log)
    guard entry.isLine else {
      let text = String(decoding: entry.text, as: UTF8.self)
      screen.put("── \(text) ──", .stale, at: 2, row)
      return
    }
    if isFound { screen.put("▸", .focus, at: 0, row) }
    let stamp = stampText(entry)
    let start = screen.put(stamp, .quiet, at: 2, row, before: width)
    let place = stamp.isEmpty ? start : start + 1
    // No more of a line is made visible than the screen can hold.
    let cut = entry.text.prefix(4 * max(0, width - place + log.shift))
    var text = VisibleText.escape(cut)
    if entry.text.count > cut.count || entry.dropped > 0 { text += " …" }
    if log.shift > 0, !text.isEmpty {
      text = "…" + text[TextFitting.prefix(of: text, log.shift + 1).endIndex...]
    }
    let shown = TextFitting.fit(text, width - place)
    screen.put(shown, at: place, row, before: width)
    markState(in: shown, at: place, row, on: &screen)
    markMatches(of: pattern, in: shown, at: place, row, on: &screen)
  }

  private func stampText(_ entry: LogEntry) -> String {
    guard let stamp = entry.stamp else { return "" }
    guard state.log.times != .raw, let time = stamp.timestamp else { return "\(stamp)" }
    switch state.log.times {
    case .relative: return TextFitting.pad(Words.age(state.now - time), 9, right: true)
    case .utc: return Self.clock(time, .utc, state.now)
    default: return Self.clock(time, state.zone, state.now)
    }
  }

  /// The time of day to the millisecond, after the date when it is another day's.
  private static func clock(_ time: Timestamp, _ zone: Timestamp.Zone, _ now: Timestamp) -> String {
    let day = "%Y-%m-%d"
    let isToday = time.formatted(day, zone: zone) == now.formatted(day, zone: zone)
    let milliseconds = String(1000 + time.fraction / 1_000_000).dropFirst()
    return time.formatted(isToday ? "%H:%M:%S" : "%m-%d %H:%M:%S", zone: zone) + ".\(milliseconds)"
  }

  /// Our own log names states after the rule: the word alone stands out, so that a page of them
  /// stays quiet.
  private func markState(in text: String, at start: Int, _ row: Int, on screen: inout Screen) {
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

  private func markMatches(
    of pattern: [UInt8], in text: String, at start: Int, _ row: Int, on screen: inout Screen
  ) {
    guard !pattern.isEmpty else { return }
    let bytes = Array(text.utf8)
    var from = 0
    while let range = LogEntry.range(of: pattern, in: bytes, from: from) {
      let before = TextWidth.of(String(decoding: bytes[..<range.lowerBound], as: UTF8.self))
      let width = TextWidth.of(String(decoding: bytes[range], as: UTF8.self))
      screen.mark((start + before)..<(start + before + width), row, as: .match)
      from = range.upperBound
    }
  }
}
