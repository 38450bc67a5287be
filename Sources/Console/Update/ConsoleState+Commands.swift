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

  mutating func refuse(_ reason: String) -> [Effect] {
    say(Message(.refused, reason))
    return []
  }

  /// Asks first, with Cancel focused.
  mutating func ask(
    _ title: String, _ lines: [String], _ confirmation: String, _ action: ConfirmedAction
  ) -> [Effect] {
    dialog = Dialog(
      title: title, lines: lines, confirmation: confirmation, action: action,
      expectation: Expectation(for: action, in: facts))
    return []
  }
}
