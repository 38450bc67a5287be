internal import SystemSupport

extension ConsoleState {
  /// Takes a key: what is on top gets it.
  mutating func press(_ key: Key) -> [Effect] {
    if dialog != nil { return answer(key) }
    if menu != nil { return choose(key) }
    if prompt != nil { return type(key) }
    if key == .escape { return escape() }
    if let effects = move(key) { return effects }
    guard let command = ConsoleCommand.bound(to: key) else {
      say(Message(.refused, "\(shownName(key)) has no meaning here; ? lists the keys"))
      return []
    }
    return perform(command)
  }

  private func shownName(_ key: Key) -> String {
    if case .character(let character) = key, !character.isASCII { return "this key" }
    return key.name.isEmpty ? "this key" : key.name
  }

  /// Leaves the innermost thing.
  private mutating func escape() -> [Effect] {
    if log.search != nil {
      log.search = nil
      return [.endLogSearch]
    }
    if !messages.isEmpty {
      messages.removeLast()
    } else if page != .overview {
      page = .overview
      document = DocumentState()
    } else if !log.find.isEmpty, focus == .log {
      log.stopSearch()
    } else if !log.filter.isEmpty, focus == .log {
      log.filter = ""
    } else if !productFilter.isEmpty, focus == .products {
      productFilter = ""
    } else {
      zoomed = nil
    }
    return []
  }

  /// The keys that move; nil for another key.
  private mutating func move(_ key: Key) -> [Effect]? {
    if page != .overview { return moveInDocument(key) }
    switch key {
    case .tab: step(1)
    case .backTab: step(-1)
    case .up, "k": return move(by: -1)
    case .down, "j": return move(by: 1)
    case .pageUp: return move(by: -pageRows)
    case .pageDown, " ": return move(by: pageRows)
    case .left where focus == .log: log.shift = max(0, log.shift - 20)
    case .right where focus == .log: log.shift = min(8000, log.shift + 20)
    case .home where focus == .log: return effects(log.toStart(logPane))
    case .end where focus == .log: return effects(log.follow())
    case .home: return move(by: -10_000)
    case .end: return move(by: 10_000)
    case .enter where focus == .services:
      return service.map { open($0.name) }
    case .enter where focus == .log:
      toggleZoom()
    default: return nil
    }
    return []
  }

  private func effects(_ effect: Effect?) -> [Effect] { [effect].compactMap(\.self) }

  private mutating func step(_ direction: Int) {
    let panes = Pane.allCases
    let place = (panes.firstIndex(of: focus) ?? 0) + direction + panes.count
    focus = panes[place % panes.count]
    if zoomed != nil { zoomed = focus }
  }

  private var pageRows: Int {
    let layout = Layout(self)
    let rows =
      switch focus {
      case .products: layout.products
      case .services: layout.services
      case .log: layout.log
      }
    return max(1, (rows?.count ?? 2) - 2)
  }

  private mutating func move(by lines: Int) -> [Effect] {
    switch focus {
    case .products:
      let names = shownProducts.map(\.name)
      selectedProduct = Self.neighbour(of: selectedProduct, in: names, lines)
    case .services:
      let names = facts.services.map(\.name)
      selectedService = Self.neighbour(of: selectedService, in: names, lines)
    case .log: return effects(log.scroll(lines, in: logPane))
    }
    return []
  }

  private static func neighbour<Name: Equatable>(
    of name: Name?, in names: [Name], _ distance: Int
  ) -> Name? {
    guard !names.isEmpty else { return nil }
    guard let place = names.firstIndex(where: { $0 == name }) else { return names.first }
    return names[min(max(0, place + distance), names.count - 1)]
  }

  private mutating func moveInDocument(_ key: Key) -> [Effect]? {
    let rows = max(1, size.rows - 3)
    switch key {
    case .up, "k": document.top -= 1
    case .down, "j": document.top += 1
    case .pageUp: document.top -= rows
    case .pageDown, " ": document.top += rows
    case .home: document.top = 0
    case .end: document.top = .max
    case .enter, .tab, .backTab: return []
    case "?" where page != .help: return nil
    case "q", "?":
      page = .overview
      document = DocumentState()
      return []
    default: return nil
    }
    let last = max(0, Document(self).lines(width: size.columns).count - rows)
    document.top = min(max(0, document.top), last)
    return []
  }

  /// Gives the screen to the focused pane, or shows them all.
  mutating func toggleZoom() { zoomed = zoomed == nil ? focus : nil }
}

// MARK: - Dialogs and menus

extension ConsoleState {
  private mutating func answer(_ key: Key) -> [Effect] {
    guard let dialog else { return [] }
    switch key {
    case .left, .right, .tab, .backTab, .up, .down, "h", "l":
      self.dialog?.isConfirmationFocused.toggle()
    case .enter, " ":
      self.dialog = nil
      if dialog.isConfirmationFocused { return carryOut(dialog) }
      say(Message(.note, "nothing was done"))
    case .escape, "n", "q", "c":
      self.dialog = nil
      say(Message(.note, "nothing was done"))
    default: break
    }
    return []
  }

  /// Acts, unless the world is no longer what the question was about.
  private mutating func carryOut(_ dialog: Dialog) -> [Effect] {
    guard Expectation(for: dialog.action, in: facts) == dialog.expectation else {
      say(
        Message(
          .refused,
          "nothing was done: \(VisibleText.escape(dialog.title)) changed while the question was open"
        ))
      return []
    }
    // The power may have gone meanwhile, too.
    if let weakness, dialog.action != .stopRunAndQuit {
      say(Message(.refused, weakness))
      return []
    }
    switch dialog.action {
    case .force(let rule): return run(forcing: rule)
    case .rollBack(let rule):
      say(Message(.requested, "\(VisibleText.escape(rule)): the previous product is put back"))
      return [.rollBack(rule: rule)]
    case .tell(let service, let task): return tell(service, task)
    case .stopRunAndQuit: return [.stopRun, .quit]
    }
  }

  private mutating func choose(_ key: Key) -> [Effect] {
    guard let menu else { return [] }
    switch key {
    case .up, "k": self.menu?.selected = max(0, menu.selected - 1)
    case .down, "j", .tab, "l": self.menu?.selected = min(menu.items.count - 1, menu.selected + 1)
    case .home: self.menu?.selected = 0
    case .end: self.menu?.selected = menu.items.count - 1
    case .enter, " ":
      self.menu = nil
      focus = .log
      return menu.items.indices.contains(menu.selected) ? open(menu.items[menu.selected]) : []
    case .escape, "q": self.menu = nil
    default: break
    }
    return []
  }
}
