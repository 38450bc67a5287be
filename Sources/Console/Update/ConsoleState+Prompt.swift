internal import SystemSupport

extension ConsoleState {
  /// Takes a key into the input line.
  mutating func type(_ key: Key) -> [Effect] {
    guard var input = prompt else { return [] }
    switch key {
    case .escape: prompt = nil
    case .enter:
      prompt = nil
      return enter(input)
    case .backspace, .delete, .control("h"):
      if input.text.isEmpty {
        prompt = nil
      } else {
        input.text.removeLast()
        prompt = input
      }
    case .control("u"):
      prompt?.text = ""
    case .tab where input.purpose == .command:
      let names = ConsoleCommand.completions(of: input.text)
      if let first = names.first { prompt?.text = first.name.rawValue }
    case .character(let character):
      if input.text.utf8.count < 400 { prompt?.text.append(character) }
    default: break
    }
    return []
  }

  private mutating func enter(_ input: Prompt) -> [Effect] {
    let text = input.text
    switch input.purpose {
    case .search: return search(text)
    case .filter: return filter(text)
    case .explain:
      guard !text.isEmpty else { return [] }
      page = .explain
      document = DocumentState()
      explanation = Explanation(address: text)
      return [.explain(address: text)]
    case .save: return text.isEmpty ? [] : [.save(path: text)]
    case .command: return perform(typed: text)
    }
  }

  private mutating func perform(typed text: String) -> [Effect] {
    guard !text.isEmpty else { return [] }
    let found = ConsoleCommand.completions(of: text)
    let exact = found.first { $0.name.rawValue == text }
    guard let command = exact ?? (found.count == 1 ? found.first : nil) else {
      let names = found.map(\.name.rawValue).joined(separator: " ")
      say(
        Message(
          .refused,
          found.isEmpty
            ? "no command begins with “\(VisibleText.escape(text))”; ? lists them"
            : "“\(VisibleText.escape(text))” can be: \(names)"))
      return []
    }
    return perform(command)
  }

  private mutating func search(_ text: String) -> [Effect] {
    if page != .overview {
      document.find = text
      if !text.isEmpty { findInDocument(forward: true, from: -1) }
      return []
    }
    if focus == .products {
      selectProduct(containing: text)
      return []
    }
    focus = .log
    log.stopSearch()
    log.find = text
    return text.isEmpty ? [] : findAgain(older: true)
  }

  /// Selects the next product whose name holds a text.
  private mutating func selectProduct(containing text: String) {
    let names = shownProducts.map(\.name)
    let start = (names.firstIndex { $0 == selectedProduct } ?? -1) + 1
    let pattern = LogEntry.folded(text)
    let hit = (names[start...] + names[..<start]).first {
      LogEntry(stamp: nil, text: Array($0.utf8)).contains(pattern)
    }
    if let hit {
      selectedProduct = hit
    } else if !text.isEmpty {
      say(Message(.refused, "no product's name holds “\(VisibleText.escape(text))”"))
    }
  }

  private mutating func filter(_ text: String) -> [Effect] {
    if let rule = detailed {
      document.filter = text
      return [.records(rule: rule, matching: text)]
    }
    if page == .overview, focus == .products {
      productFilter = text
      let names = shownProducts.map(\.name)
      if !names.contains(where: { $0 == selectedProduct }) { selectedProduct = names.first }
    } else {
      focus = .log
      log.filter = text
    }
    return []
  }
}
