internal import Supervision
internal import SystemSupport
internal import Updating

extension ConsoleState {
  mutating func performOnLog(_ name: ConsoleCommand.Name) -> [Effect] {
    switch name {
    case .follow:
      focus = .log
      return [log.follow()].compactMap(\.self)
    case .log: return chooseLog()
    case .when: return showMoment()
    case .search: prompt = Prompt(.search)
    case .filter: prompt = Prompt(.filter, text: currentFilter)
    case .next: return findAgain(older: true)
    case .previous: return findAgain(older: false)
    case .times:
      let all = LogState.Times.allCases
      let place = all.firstIndex(of: log.times) ?? 0
      log.times = all[(place + 1) % all.count]
    case .wrap:
      // Who looks at the right of long lines wants them whole again.
      log.isWrapped = log.shift > 0 || !log.isWrapped
      log.shift = 0
      // Shorter lines leave room for those beneath.
      return [log.fill(logPane)].compactMap(\.self)
    default: break
    }
    return []
  }

  private var currentFilter: String {
    if page != .overview { return document.filter }
    return focus == .products ? productFilter : log.filter
  }

  private mutating func chooseLog() -> [Effect] {
    if page == .overview, focus == .services, let service, service.logDirectory != nil {
      focus = .log
      return open(service.name)
    }
    let logged = facts.services.filter { $0.logDirectory != nil }.map(\.name)
    guard !logged.isEmpty else { return refuse("no service has a log that can be found") }
    page = .overview
    menu = Menu(items: logged, selected: logged.firstIndex { $0 == log.service } ?? 0)
    return []
  }

  /// The next place of the search that was made last.
  mutating func findAgain(older: Bool) -> [Effect] {
    if page != .overview {
      findInDocument(forward: older, from: document.top)
      return []
    }
    if focus == .products, log.find.isEmpty { return refuse("nothing was searched for") }
    focus = .log
    guard !log.find.isEmpty else { return refuse("nothing was searched for: / searches") }
    let before = log.found
    let effect = log.findNext(older: older, in: logPane)
    if effect == nil, log.found == before { sayNotFound(older: older) }
    return [effect].compactMap(\.self)
  }

  /// Goes to a line of the page that holds what is searched for.
  mutating func findInDocument(forward: Bool, from start: Int) {
    let pattern = LogEntry.folded(document.find)
    let lines = Document(self).lines(width: size.columns)
    let hits = lines.indices.filter { index in
      LogEntry.range(of: pattern, in: Array(lines[index].map(\.text).joined().utf8), from: 0) != nil
    }
    let hit =
      forward ? hits.first { $0 > start } ?? hits.first : hits.last { $0 < start } ?? hits.last
    guard let hit, !pattern.isEmpty else {
      say(Message(.refused, "nothing here holds “\(VisibleText.escape(document.find))”"))
      return
    }
    document.top = min(hit, max(0, lines.count - max(1, size.rows - 3)))
  }
}

// MARK: - From a time to the log

extension ConsoleState {
  /// Shows the log as it was at the moment that the selected thing tells of.
  private mutating func showMoment() -> [Effect] {
    let moment: Timestamp?
    var effects: [Effect] = []
    if page == .overview, focus == .services, let service {
      moment = service.status.since
      if service.logDirectory != nil { effects = open(service.name) }
    } else {
      moment = product?.changedAt ?? product?.lastRun?.began ?? product?.lastBuild
      if let updater = facts.service(facts.updater), updater.logDirectory != nil {
        effects = open(updater.name)
      }
    }
    guard let moment, log.service != nil else { return refuse("no time is known to look for") }
    page = .overview
    focus = .log
    return effects + [log.seek(moment, in: logPane)].compactMap(\.self)
  }
}
