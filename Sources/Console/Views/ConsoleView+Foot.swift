internal import Supervision
internal import SystemSupport

extension ConsoleView {
  /// The line above the hints: an input line, work that goes on, or the latest news.
  func drawMessage(on screen: inout Screen) {
    let rows = Layout(state).messageRows
    guard let row = rows.first else { return }
    let width = state.size.columns
    for row in rows { screen.fill(0..<width, row) }
    if let prompt = state.prompt { return drawPrompt(prompt, row, on: &screen) }
    if let activity = state.shownActivity {
      let text = "◐ \(activity.text)"
      screen.put(TextFitting.fit(text, width - 2), .building, at: 1, row)
      return
    }
    guard let news = MessageLines(state) else { return drawTrouble(row, on: &screen) }
    for (line, row) in zip(news.lines, rows) { screen.put(line, news.role, at: 1, row) }
    screen.put(news.dismissal, .quiet, at: width - TextWidth.of(news.dismissal) - 1, row)
  }

  /// What stands in the way of a full picture, as long as it does.
  private func drawTrouble(_ row: Int, on screen: inout Screen) {
    if let holder = state.otherHolder {
      let text = "◐ rules are run elsewhere, by \(holder.words(at: state.now, zone: state.zone))"
      screen.put(TextFitting.fit(text, state.size.columns - 2), .building, at: 1, row)
      return
    }
    guard let first = state.facts.troubles.first else { return }
    let count = state.facts.troubles.count - 1
    let more = count > 0 ? "  (+\(count) more)" : ""
    let room = state.size.columns - 2 - TextWidth.of(more)
    let whole = "! \(first)"
    let start = TextFitting.fit(whole, room)
    // Of one that is mostly a path both ends tell more than its first words.
    let text = 3 * TextWidth.of(start) < 2 * room ? TextFitting.fitName(whole, room) : start
    screen.put(text + more, .stale, at: 1, row)
  }

  private func drawPrompt(_ prompt: Prompt, _ row: Int, on screen: inout Screen) {
    let width = state.size.columns
    let label =
      switch prompt.purpose {
      case .search: "find: "
      case .filter: "only lines with: "
      case .explain: "explain address: "
      case .command: ": "
      case .save: "save the screen as: "
      }
    let start = screen.put(label, .key, at: 1, row)
    let room = max(1, width - start - 2)
    let text = VisibleText.escape(prompt.text)
    var shown = Substring(text)
    while TextWidth.of(shown) > room { shown.removeFirst() }
    let end = screen.put(shown, at: start, row, before: width - 1)
    screen.cursor = (min(end, width - 1), row)
    guard prompt.purpose == .command else { return }
    let names = ConsoleCommand.completions(of: prompt.text).map(\.name.rawValue)
    let hint = TextFitting.fit(names.joined(separator: " "), max(0, width - end - 4))
    screen.put(hint, .quiet, at: end + 3, row)
  }

  /// The hint line: the commands of where the user is, as many as there is room for.
  func drawHints(on screen: inout Screen) {
    let width = state.size.columns
    let row = Layout(state).hintRow
    let hints = self.hints
    // Help and quit always have their place at the end.
    let last = hints.suffix(2)
    let lastWidth = last.reduce(0) { $0 + Self.width(of: $1) }
    var place = 1
    for hint in hints.dropLast(2) where place + Self.width(of: hint) + lastWidth <= width {
      place = draw(hint, at: place, row, on: &screen)
    }
    for hint in last { place = draw(hint, at: place, row, on: &screen) }
  }

  private typealias Hint = (key: String, text: String, isUsable: Bool)

  private static func width(of hint: Hint) -> Int {
    TextWidth.of(hint.key) + 1 + TextWidth.of(hint.text) + 2
  }

  private func draw(_ hint: Hint, at place: Int, _ row: Int, on screen: inout Screen) -> Int {
    let end = screen.put(hint.key, hint.isUsable ? .key : .quiet, at: place, row)
    return screen.put(hint.text, .quiet, at: end + 1, row) + 2
  }

  private var hints: [Hint] {
    if state.dialog != nil {
      return [("←→", "choose", true), ("Enter", "take it", true), ("Esc", "cancel", true)]
        .map { (isASCII && $0.0 == "←→" ? "Left/Right" : $0.0, $0.1, $0.2) }
    }
    if state.menu != nil || state.prompt != nil {
      return [("Enter", "take it", true), ("Esc", "cancel", true)]
    }
    if state.page != .overview { return pageHints }
    return ConsoleCommand.table.filter { isHinted($0) }.map { hint(for: $0) }
  }

  private func isHinted(_ command: ConsoleCommand) -> Bool {
    // What the selected product waits for comes into the line by itself.
    if command.name == .release {
      return state.focus == .products && state.product?.status == .held
    }
    // Where nothing was searched for there is no next place.
    if [.next, .previous].contains(command.name), state.log.find.isEmpty { return false }
    return command.panes.contains(state.focus)
  }

  private func hint(for command: ConsoleCommand) -> Hint {
    let text: String
    switch command.name {
    case .start where state.focus == .services:
      text = state.service?.status.pid == nil ? "start" : "stop"
    case .pause where state.focus == .services:
      text = state.service?.status.isPaused == true ? "continue" : "pause"
    case .follow: text = state.log.isFollowing ? "following" : "follow"
    case .zoom: text = state.zoomed == nil ? "zoom" : "unzoom"
    default: text = command.hint
    }
    let isUsable = state.obstacle(to: command) == nil
    // In ASCII the sign would be a letter, and so another key.
    let key = command.keys.first == .enter && !isASCII ? "⏎" : command.keys.first?.name ?? ""
    return (key, isUsable ? text : "(\(text))", isUsable)
  }

  private var pageHints: [Hint] {
    var names: [ConsoleCommand.Name] = [.search, .next]
    switch state.page {
    case .details:
      // A service has no contents to compare, and no previous ones.
      let isFile = state.product?.service == nil
      names = [.force] + (isFile ? [.verify, .rollback] : []) + [.search, .filter]
      if state.product?.status == .held { names.insert(.release, at: 0) }
    case .explain: names.insert(.explain, at: 0)
    default: break
    }
    return names.compactMap { ConsoleCommand.named($0) }.map { hint(for: $0) }
      + [("Esc q", "back", true)]
  }
}
