internal import SystemPackage
internal import SystemSupport
internal import Updating

extension ConsoleState {
  mutating func performOnProduct(_ name: ConsoleCommand.Name) -> [Effect] {
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
    return look(into: product)
  }

  /// Has the records of a product counted, and what a rebuild would change; what is known of them
  /// stays until then.
  mutating func look(into product: Product) -> [Effect] {
    guard case .file(_, let isDatabase) = product.rule.product else { return [] }
    var effects: [Effect] = []
    if isDatabase { effects.append(.records(rule: product.name, matching: document.filter)) }
    // Who waits for the answer to v gets it.
    let isAwaited = preview.map { $0.isVerification && $0.result == .computing } ?? false
    if facts.access.isRoot, !isAwaited {
      preview = Preview(rule: product.name, result: .computing)
      effects.append(.preview(rule: product.name, isVerification: false))
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
