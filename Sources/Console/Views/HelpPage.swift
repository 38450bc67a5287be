/// The help: written from the tables that the keys and the drawing use themselves.
struct HelpPage {
  private let state: ConsoleState

  init(_ state: ConsoleState) { self.state = state }

  func write(to page: inout DocumentBuilder) {
    if let weakness = state.weakness {
      page.text("What stands in brackets cannot be done now: \(weakness).", .stale)
    }
    for group in ConsoleCommand.Group.allCases {
      page.heading(group.rawValue)
      for command in ConsoleCommand.table where command.group == group { write(command, to: &page) }
    }
    page.heading("Moving")
    for movement in ConsoleCommand.movements {
      page.entry(Span(movement.keys, .key), column: 22, movement.explanation)
    }
    page.heading("States of a product")
    for status in ProductStatus.allCases {
      page.entry(
        Span("\(status.sign) \(status.word)", status.role), column: 22, status.explanation)
    }
    page.heading("States of a service")
    for state in ServiceState.allCases {
      page.entry(Span("\(state.sign) \(state.word)", state.role), column: 22, state.explanation)
    }
  }

  private func write(_ command: ConsoleCommand, to page: inout DocumentBuilder) {
    let keys = command.keys.map(\.name).joined(separator: " ")
    let isUsable = state.obstacle(to: command) == nil
    let word = TextFitting.pad(keys, 8) + " :" + command.name.rawValue
    page.entry(
      Span(word, isUsable ? .key : .quiet), column: 22,
      isUsable ? command.explanation : "(\(command.explanation))", isUsable ? .normal : .quiet)
  }
}
