internal import Supervision
internal import SystemSupport
internal import Updating

extension ConsoleState {
  /// Does what a command says, or tells why not.
  mutating func perform(_ command: ConsoleCommand) -> [Effect] {
    if let obstacle = obstacle(to: command) {
      say(Message(.refused, "\(command.hint): \(obstacle)"))
      return []
    }
    switch command.group {
    case .products: return performOnProduct(command.name)
    case .services: return performOnService(command.name)
    case .log: return performOnLog(command.name)
    case .screen: return performOnScreen(command.name)
    }
  }

  private mutating func refuse(_ reason: String) -> [Effect] {
    say(Message(.refused, reason))
    return []
  }

  /// Asks first, with Cancel focused.
  private mutating func ask(
    _ title: String, _ lines: [String], _ confirmation: String, _ action: ConfirmedAction
  ) -> [Effect] {
    dialog = Dialog(
      title: title, lines: lines, confirmation: confirmation, action: action,
      expectation: Expectation(for: action, in: facts))
    return []
  }
}

// MARK: - Products

extension ConsoleState {
  private mutating func performOnProduct(_ name: ConsoleCommand.Name) -> [Effect] {
    switch name {
    case .update:
      say(Message(.requested, "everything that is stale is built"))
      return [.run(forced: [])]
    case .trigger: return [.poke]
    case .explain:
      prompt = Prompt(.explain)
      return []
    default: break
    }
    guard let product else { return refuse("no product is selected") }
    switch name {
    case .force: return force(product)
    case .release:
      guard product.status == .held else { return refuse("\(product.shownName) is not held") }
      return force(product)
    case .details: return showDetails(of: product)
    case .verify:
      preview = Preview(rule: product.name, result: .computing, isVerification: true)
      say(Message(.requested, "\(product.shownName) is compared with its inputs"))
      return [.preview(rule: product.name, isVerification: true)]
    case .rollback: return rollBack(product)
    default: return []
    }
  }

  private mutating func force(_ product: Product) -> [Effect] {
    let rule = product.rule
    if case .off(let reason) = product.verdict { return refuse("\(product.shownName): \(reason)") }
    if case .held(let hold) = product.verdict {
      let words = Wording(facts.settings, now: now, zone: zone).words(hold)
      return ask(
        rule.name, ["\(words).", "Its product is replaced all the same; b brings it back."],
        "Replace", .force(rule: rule.name))
    }
    if case .service(let directory) = rule.product, rule.action == .restart {
      return confirm(.restart, ServiceName(directory))
    }
    return run(forcing: rule.name)
  }

  mutating func run(forcing rule: String) -> [Effect] {
    say(Message(.requested, "\(VisibleText.escape(rule)) is run"))
    return [.run(forced: [rule])]
  }

  private mutating func showDetails(of product: Product) -> [Effect] {
    page = .details(product.name)
    document = DocumentState()
    records = nil
    preview = nil
    var effects: [Effect] = []
    if case .file(_, let isDatabase) = product.rule.product {
      if isDatabase { effects.append(.records(rule: product.name, matching: "")) }
      if facts.access.isRoot {
        preview = Preview(rule: product.name, result: .computing)
        effects.append(.preview(rule: product.name, isVerification: false))
      }
    }
    return effects
  }

  private mutating func rollBack(_ product: Product) -> [Effect] {
    guard case .file = product.rule.product else {
      return refuse("\(product.shownName) is a service: there is nothing to roll back")
    }
    guard product.state.hasPrevious else {
      return refuse("\(product.shownName): no previous product is kept")
    }
    return ask(
      product.name,
      [
        "The product before this one takes its place.",
        "It stays until you force the rule or one of its inputs changes.",
      ], "Roll back", .rollBack(rule: product.name))
  }
}

// MARK: - Services

extension ConsoleState {
  private mutating func performOnService(_ name: ConsoleCommand.Name) -> [Effect] {
    guard let service else {
      return refuse("no service is selected: Tab goes to the services")
    }
    guard service.status.isSupervised else {
      return refuse("\(service.name.shown): \(service.status)")
    }
    switch name {
    case .hup:
      guard service.status.pid != nil else { return refuse("\(service.name.shown) is down") }
      return isReloadable(service.name)
        ? tell(service.name, .hup) : confirm(.hup, service.name)
    case .restart:
      guard service.status.pid != nil else { return refuse("\(service.name.shown) is down") }
      return confirm(.restart, service.name)
    case .start:
      return service.status.pid == nil
        ? tell(service.name, .start) : confirm(.stop, service.name)
    case .pause:
      if service.status.isPaused { return tell(service.name, .resume) }
      guard service.status.pid != nil else { return refuse("\(service.name.shown) is down") }
      return confirm(.pause, service.name)
    default: return []
    }
  }

  /// Whether some rule reloads the service: then a HUP is known to do no harm.
  private func isReloadable(_ name: ServiceName) -> Bool {
    facts.products.contains { $0.service == name && $0.rule.action == .reload }
  }

  mutating func tell(_ service: ServiceName, _ task: ServiceTask) -> [Effect] {
    say(Message(.requested, task.command(service)))
    return [.tell(service, task)]
  }

  private mutating func confirm(_ task: ServiceTask, _ name: ServiceName) -> [Effect] {
    let consequence =
      switch task {
      case .hup: "No rule reloads this service: a program that does not handle HUP ends."
      case .restart: "It is sent TERM, ends what it is doing, and is started again."
      case .stop: "It is sent TERM and stays down until it is started."
      case .pause: "It stops where it is, with all that it serves, until it is continued."
      case .start, .resume: ""
      }
    let pid = facts.service(name)?.status.pid.map { "pid \($0)" } ?? "no process"
    return ask(
      name.shown, ["\(task.command(name))   (\(pid))", consequence],
      "\(task.rawValue.prefix(1).uppercased())\(task.rawValue.dropFirst())", .tell(name, task))
  }
}

// MARK: - Log

extension ConsoleState {
  private mutating func performOnLog(_ name: ConsoleCommand.Name) -> [Effect] {
    switch name {
    case .follow:
      focus = .log
      return [log.follow()].compactMap(\.self)
    case .log: return chooseLog()
    case .search: prompt = Prompt(.search)
    case .filter: prompt = Prompt(.filter, text: currentFilter)
    case .next: return findAgain(older: true)
    case .previous: return findAgain(older: false)
    case .times:
      let all = LogState.Times.allCases
      let place = all.firstIndex(of: log.times) ?? 0
      log.times = all[(place + 1) % all.count]
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
    let effect = log.findNext(older: older, rows: logRows)
    if effect == nil, log.found == before {
      return refuse("no \(older ? "older" : "newer") line holds “\(VisibleText.escape(log.find))”")
    }
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

// MARK: - Screen

extension ConsoleState {
  private mutating func performOnScreen(_ name: ConsoleCommand.Name) -> [Effect] {
    switch name {
    case .sort:
      let all = ProductSort.allCases
      sort = all[((all.firstIndex(of: sort) ?? 0) + 1) % all.count]
      say(Message(.note, "products in \(sort.rawValue)"))
    case .zoom: toggleZoom()
    case .grow: growth[focus, default: 0] += 1
    case .shrink: growth[focus, default: 0] -= 1
    case .save: prompt = Prompt(.save, text: defaultSavePath)
    case .lock:
      isLocked.toggle()
      say(Message(.note, isLocked ? "locked: this console only shows" : "unlocked"))
    case .refresh: return [.repaint, .survey]
    case .command: prompt = Prompt(.command)
    case .help:
      page = .help
      document = DocumentState()
    case .quit:
      guard activity != nil else { return [.quit] }
      return ask(
        "quit", ["A pass of this console is running.", "It is stopped after the step it is at."],
        "Stop and quit", .stopRunAndQuit)
    default: break
    }
    return []
  }

  private var defaultSavePath: String {
    "qmail-console." + now.formatted("%Y%m%d-%H%M%S", zone: zone) + ".txt"
  }
}
