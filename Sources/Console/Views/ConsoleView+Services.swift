internal import Supervision
internal import SystemPackage
internal import SystemSupport
internal import Updating

extension ConsoleView {
  /// The services pane; in a single row it is a summary.
  func drawServices(in rows: Range<Int>, on screen: inout Screen) {
    let services = state.facts.services
    drawRule(
      [Span("services", .heading)],
      right: rows.count == 1 || services.isEmpty ? summary : age,
      isFocused: state.focus == .services, rows.lowerBound, on: &screen)
    let selected = services.firstIndex { $0.name == state.selectedService }
    let visible = Self.window(services.count, selected: selected ?? 0, rows: rows.count - 1)
    let nameWidth = min(max(14, services.map { TextWidth.of($0.name.shown) }.max() ?? 0), 20)
    for (offset, index) in visible.enumerated() {
      let isSelected = index == selected && state.focus == .services
      let row = rows.lowerBound + 1 + offset
      screen.fill(0..<state.size.columns, row, isSelected: isSelected)
      if isSelected { screen.put("▸", .focus, at: 0, row, isSelected: true) }
      drawService(services[index], nameWidth, isSelected: isSelected, row, on: &screen)
    }
    if rows.count > 1 { drawMore(visible, of: services.count, in: rows, on: &screen) }
  }

  /// When all that is above was last looked at; the services tell of each change themselves.
  private var age: [Span] {
    state.facts.looked.map { [Span("looked at \(Words.moment($0, state))", .quiet)] } ?? []
  }

  private var summary: [Span] {
    let services = state.facts.services
    guard !services.isEmpty else {
      return [Span("none in \(state.facts.settings.servicesDirectory.visible)", .quiet)]
    }
    let bad = services.filter { $0.shownState.role == .failed }
    let up = services.count { $0.shownState.word == "up" }
    return [Span("\(up) of \(services.count) up", up == services.count ? .fresh : .normal)]
      + (bad.isEmpty ? [] : [Span(" · " + bad.map(\.name.shown).joined(separator: " "), .failed)])
  }

  private func drawService(
    _ service: Service, _ nameWidth: Int, isSelected: Bool, _ row: Int, on screen: inout Screen
  ) {
    let width = state.size.columns
    let shown = service.shownState
    let name = TextFitting.fitName(service.name.shown, nameWidth)
    screen.put(name, at: 2, row, isSelected: isSelected)
    let stateColumn = 2 + nameWidth + 1
    let end = screen.put(
      "\(shown.sign) \(shown.word)", shown.role, at: stateColumn, row, isSelected: isSelected)
    var place = max(stateColumn + 13, end + 1)
    guard service.status.isSupervised else {
      let text = TextFitting.fit(service.status.description, max(0, width - place - 1))
      screen.put(text, .quiet, at: place, row, isSelected: isSelected)
      return
    }
    let since = service.status.since.map { Words.age(state.now - $0) } ?? ""
    let pid = service.status.pid.map { "pid \($0)" } ?? ""
    for (text, columns) in [(since, 12), (pid, 12)] {
      screen.put(text, at: place, row, before: width, isSelected: isSelected)
      place += columns
    }
    let rest = logSpans(service) + noteSpans(service)
    screen.put(
      fitted(rest, width - place - 1), at: place, row, before: width, isSelected: isSelected)
  }

  /// The spans that fit whole.
  private func fitted(_ spans: [Span], _ columns: Int) -> [Span] {
    var left = columns
    return spans.prefix { span in
      left -= TextWidth.of(span.text)
      return left >= 0
    }
  }

  private func logSpans(_ service: Service) -> [Span] {
    switch service.log {
    case .none: return [Span("no log", .quiet)]
    case .down: return [Span("LOG DOWN", .failed)]
    case .unknown: return [Span("log ?", .quiet)]
    case .up:
      guard let last = service.lastLogged else { return [Span("log up", .quiet)] }
      let age = state.now - last
      if age > .seconds(3600) { return [Span("log silent \(Words.age(age))", .quiet)] }
      guard let rate = service.logRate, rate.perMinute > 0 else { return [Span("log up", .quiet)] }
      return [Span("log \(rate.words)", .quiet)]
    }
  }

  private func noteSpans(_ service: Service) -> [Span] {
    let status = service.status
    var notes: [String] = []
    if service.isCrashLooping { notes.append("dies within seconds, again and again") }
    if status.pid != nil, !status.isNormallyUp { notes.append("normally down") }
    if status.pid == nil, status.isNormallyUp { notes.append("normally up") }
    if status.pid != nil, status.want == .down { notes.append("want down") }
    if status.pid == nil, status.want == .up { notes.append("want up") }
    if status.pid != nil, status.want == .once { notes.append("once") }
    if let phase = status.phase, phase != .running, phase != .stopped { notes.append("\(phase)") }
    return notes.map { Span("  · \($0)", .quiet) }
  }
}
