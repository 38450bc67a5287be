internal import QmailFiles
internal import Supervision
internal import SystemPackage
internal import SystemSupport
internal import Updating

extension ConsoleView {
  /// The bar at the top: host, root, service, what is watched, what asks for attention, the time.
  ///
  /// When there is no room, the watched paths go first, then qmail's directory, then the service.
  func drawTitle(on screen: inout Screen) {
    let width = state.size.columns
    screen.fill(0..<width, 0, .title)
    let right = rightSpans
    let start = width - 1 - right.width
    screen.put(right, at: start, 0, before: width)
    let left = leftSpans(before: start - 2)
    screen.put(left, at: 1, 0, before: start - 1)
  }

  /// Where not all of it fits beside a name, the other consoles go first, then what is least urgent.
  private var rightSpans: [Span] {
    var urgent = attention
    let consoles = Span(Words.count(state.facts.consoleCount, "console"), .title)
    let company = state.facts.others.isEmpty ? [] : [consoles]
    let power = powerMark.map { [Span($0, .titleAlert)] } ?? []
    let clock =
      [Span("  " + state.now.formatted("%H:%M", zone: state.zone), .title)]
      + (state.zone == .utc ? [Span(" UTC", .title)] : [])
    func joined(_ parts: [Span]) -> [Span] {
      Array(parts.map { [$0] }.joined(separator: [Span(" · ", .title)])) + clock
    }
    let room = state.size.columns - 12
    var spans = joined(urgent + company + power)
    while spans.width > room, urgent.count > 1 {
      spans = joined(urgent + power)
      if spans.width > room { urgent.removeLast() }
    }
    return spans
  }

  private var powerMark: String? {
    if state.facts.access.isReadOnly { return "read-only" }
    if !state.facts.access.isRoot { return "not root" }
    return state.isLocked ? "locked" : nil
  }

  private func leftSpans(before limit: Int) -> [Span] {
    let host = VisibleText.escape(state.facts.host)
    let layout = state.facts.settings.layout
    let directory = layout.root(layout.qmail).visible
    let watched = state.facts.watchedPaths
    let paths = watched > 0 ? "watching \(Words.count(watched, "path"))" : nil
    let choices: [[Span?]] = [
      [Span(host, .title), Span(directory, .title), updater, paths.map { Span($0, .title) }],
      [Span(host, .title), Span(directory, .title), updater], [Span(host, .title), updater],
      [Span(host, .title)],
    ]
    for choice in choices {
      let parts = choice.compactMap(\.self)
      let spans = Array(parts.map { [$0] }.joined(separator: [Span("  ", .title)]))
      if spans.width < limit { return spans }
    }
    return [Span(TextFitting.fitName(host, max(1, limit - 1)), .title)]
  }

  /// The updater's own service; it stands out when it is not up.
  private var updater: Span? {
    let service = state.facts.service(state.facts.updater)
    let isUp = service?.shownState.role == .fresh
    return updaterWords.map { Span($0, isUp || service == nil ? .title : .titleAlert) }
  }

  private var updaterWords: String? {
    guard let service = state.facts.service(state.facts.updater) else {
      return "no updater service"
    }
    let word = service.shownState.word
    guard let since = service.status.since, service.status.pid != nil else {
      return "\(service.name.shown) \(word)"
    }
    return "\(service.name.shown) \(word) \(Words.briefAge(state.now - since))"
  }
}
