internal import SystemSupport
internal import Updating

extension ConsoleState {
  /// Takes an event in.
  ///
  /// - Returns: What is to be done outside because of it.
  package mutating func update(_ event: ConsoleEvent) -> [Effect] {
    switch event {
    case .key(let key):
      let wasAway = now - lastKey >= Self.absence
      lastKey = now
      return (wasAway ? [.repaint] : []) + press(key)
    case .resized(let size):
      self.size = size
      return [log.fill(logPane)].compactMap(\.self)
    case .time(let time):
      now = time
      lockAgain()
    case .facts(let facts): return take(facts)
    case .log(let service, let entries):
      guard service == log.service else { return [] }
      let pause: [Effect] = log.append(entries) ? [.pauseLog] : []
      return pause + [log.continueSeeking(in: logPane)].compactMap(\.self)
    case .logUnavailable(let service, let reason):
      if service == log.service { log.fail(reason) }
    case .olderLog(let service, let position, let entries):
      guard service == log.service else { return [] }
      let pause: [Effect] = log.prepend(entries, before: position) ? [.pauseLog] : []
      return pause + [log.fill(logPane)].compactMap(\.self)
    case .newerLog(let service, let position, let entries, let isEnd):
      guard service == log.service else { return [] }
      return log.take(newer: entries, after: position, isEnd: isEnd) ? [.pauseLog] : []
    case .logSearched(let service, let finding):
      return service == log.service ? take(finding) : []
    case .activity(let activity): self.activity = activity
    case .message(let message): say(message)
    case .previewed(let preview): take(preview)
    case .records(let page):
      if page.rule == detailed, page.matching == document.filter { records = page }
    case .explained(let explanation):
      if explanation.address == self.explanation?.address { self.explanation = explanation }
    case .counted(let service, let pid, let work): take(work, of: service, pid)
    }
    return []
  }

  /// After so long without a key, somebody's wall(1) may lie over the picture.
  private static let absence = Duration.seconds(600)

  /// Takes the power away from a console that nobody has touched for a while, if it was asked to.
  private mutating func lockAgain() {
    guard locksItself, !isLocked, now - lastKey >= Self.unlockedTime, dialog == nil else { return }
    isLocked = true
    say(Message(.note, "locked again: no key was pressed for a while"))
  }

  /// How long an unlocked console stays so after the last key.
  private static let unlockedTime = Duration.seconds(300)

  /// Adds news to those that are not dismissed.
  mutating func say(_ message: Message) {
    var message = message
    message.time = message.time ?? now
    // What was asked for is news no more once its outcome is known.
    messages.removeAll { $0.kind == .requested || $0.kind == .note || $0.kind == .refused }
    messages.append(message)
    if messages.count > 20 { messages.removeFirst() }
  }

  private mutating func take(_ facts: Facts) -> [Effect] {
    let old = self.facts
    self.facts = facts
    keepSelections(from: old)
    for other in facts.others where !old.others.contains(other) {
      say(
        Message(.note, "another console acts here: \(other.words(at: now, zone: zone))"))
    }
    let news = detailsAgain(since: old)
    guard log.service == nil || facts.service(log.service)?.logDirectory == nil,
      let service = defaultLogService
    else { return news }
    return news + open(service)
  }

  /// What a page of details shows beyond the survey is found out again once the rule's product or
  /// what it is made from is another.
  private mutating func detailsAgain(since old: Facts) -> [Effect] {
    guard let product = facts.product(detailed), !product.isBuilding,
      let before = old.product(detailed),
      before.isBuilding || before.observation.inputs != product.observation.inputs
        || before.observation.product != product.observation.product
    else { return [] }
    return look(into: product)
  }

  /// Keeps what is selected by its identity; what has gone leaves the selection to its neighbour,
  /// and has it again when it comes back, unless something else was selected meanwhile.
  private mutating func keepSelections(from old: Facts) {
    if let gone = goneSelection, gone.neighbour != selectedProduct { goneSelection = nil }
    if let gone = goneSelection, facts.product(gone.product) != nil {
      selectedProduct = gone.product
      goneSelection = nil
    }
    if facts.product(selectedProduct) == nil {
      let place = old.products.firstIndex { $0.name == selectedProduct } ?? 0
      let products = shownProducts
      let neighbour = products.isEmpty ? nil : products[min(place, products.count - 1)].name
      if let product = goneSelection?.product ?? selectedProduct {
        goneSelection = GoneSelection(product: product, neighbour: neighbour)
      }
      selectedProduct = neighbour
    }
    if facts.service(selectedService) == nil {
      let place = old.services.firstIndex { $0.name == selectedService } ?? 0
      let count = facts.services.count
      selectedService = count == 0 ? nil : facts.services[min(place, count - 1)].name
    }
  }

  /// The log to begin with: the updater's own, else the first that there is.
  private var defaultLogService: ServiceName? {
    let logged = facts.services.filter { $0.logDirectory != nil }
    return (logged.first { $0.name == facts.updater } ?? logged.first)?.name
  }

  /// Shows the log of a service from now on.
  mutating func open(_ service: ServiceName) -> [Effect] {
    guard service != log.service || log.entries.isEmpty else { return [] }
    log.open(service)
    return [.followLog(service)]
  }

  private mutating func take(_ finding: LogFinding) -> [Effect] {
    if finding == .nothing, let search = log.search { sayNotFound(search) }
    let (isPausing, effect) = log.take(finding, in: logPane)
    return (isPausing ? [.pauseLog] : []) + [effect].compactMap(\.self)
  }

  private mutating func sayNotFound(_ search: LogState.Search) {
    guard case .text = search.target else { return }
    sayNotFound(older: search.isUpward)
  }

  mutating func sayNotFound(older: Bool) {
    let shown = log.filter.isEmpty ? "" : " with “\(VisibleText.escape(log.filter))”"
    say(
      Message(
        .refused,
        "no \(older ? "older" : "newer") line\(shown) holds “\(VisibleText.escape(log.find))”"))
  }

  private mutating func take(_ preview: Preview) {
    guard preview.rule == self.preview?.rule else { return }
    let isVerification = self.preview?.isVerification == true
    self.preview = preview
    guard isVerification else { return }
    switch preview.result {
    case .computing: break
    case .failed(let reason):
      say(Message(.failed, "\(VisibleText.escape(preview.rule)): \(reason)"))
    case .impossible(let reason):
      say(Message(.refused, "\(VisibleText.escape(preview.rule)): \(reason)"))
    case .changes(let summary, _, let isUnchanged):
      say(
        Message(
          isUnchanged ? .verified : .note,
          isUnchanged
            ? "\(VisibleText.escape(preview.rule)) is what its inputs make: \(summary)"
            : "\(VisibleText.escape(preview.rule)) differs from what its inputs make now: \(summary)"
        ))
    }
  }
}

// MARK: - What is shown

extension ConsoleState {
  /// The products as they are shown: filtered and sorted.
  package var shownProducts: [Product] {
    let pattern = LogEntry.folded(productFilter)
    let shown = facts.products.filter { product in
      pattern.isEmpty
        || LogEntry(stamp: nil, text: Array("\(product.name) \(product.status.word)".utf8))
          .contains(pattern)
    }
    switch sort {
    case .pass: return shown
    case .state: return stable(shown) { $0.status.urgency < $1.status.urgency }
    case .age:
      let oldest = Timestamp(nanoseconds: .min)
      return stable(shown) { ($0.lastBuild ?? oldest) > ($1.lastBuild ?? oldest) }
    }
  }

  private func stable(
    _ products: [Product], _ precedes: (Product, Product) -> Bool
  ) -> [Product] {
    products.enumerated()
      .sorted {
        precedes($0.element, $1.element)
          || !precedes($1.element, $0.element) && $0.offset < $1.offset
      }
      .map(\.element)
  }

  /// The product that commands are about: of the page, else the selected one.
  var product: Product? { facts.product(detailed ?? selectedProduct) }

  /// The rule whose details fill the screen.
  var detailed: String? {
    if case .details(let rule) = page { rule } else { nil }
  }

  /// The service that commands are about: the selected one, or that of the selected rule.
  var service: Service? {
    switch (page, focus) {
    case (.overview, .services): facts.service(selectedService)
    case (.overview, .log): facts.service(log.service)
    default: facts.service(product?.service)
    }
  }

  /// Who else runs rules, where no row of the products tells it already, and not in passing.
  var otherHolder: FileLock.Holder? {
    guard let holder = facts.lockHolder, !facts.products.contains(where: \.isBuilding) else {
      return nil
    }
    // What is over in a moment is no news.
    let since = holder.since ?? facts.lockSeen
    return since.map { now - $0 > .seconds(1) } ?? true ? holder : nil
  }

  /// How the lines of the log lie in its pane.
  var logPane: LogPane { LogPane(self) }

  /// Why the power to act is not there; nil when it is.
  package var weakness: String? {
    if facts.access.isReadOnly { return "this console was started with --read-only" }
    if !facts.access.isRoot { return "only root can do that: start the console with sudo" }
    if isLocked { return "this console is locked: L unlocks it" }
    return nil
  }

  /// Why a command cannot be used now; nil when it can.
  package func obstacle(to command: ConsoleCommand) -> String? {
    switch command.need {
    case .nothing: nil
    case .pipe: facts.access.isReadOnly || isLocked ? weakness : nil
    case .power: weakness
    }
  }
}

extension ConsoleState {
  /// Whether something that was asked for has not been answered yet.
  package var isBusy: Bool {
    activity != nil || messages.last?.kind == .requested || preview?.result == .computing
      || explanation.map { $0.lines == nil } ?? false || log.isLoading || log.search != nil
      || facts.products.contains(where: \.isBuilding)
  }
}
