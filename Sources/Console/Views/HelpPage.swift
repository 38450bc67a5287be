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
    for (sign, word, role, text) in Self.serviceStates {
      page.entry(Span("\(sign) \(word)", role), column: 22, text)
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

  private static let serviceStates: [(String, String, Role, String)] = [
    ("✓", "up", .fresh, "it runs"),
    ("✗", "CRASHING", .failed, "it dies within seconds of each start"),
    ("✗", "DOWN", .failed, "it does not run, and should"),
    ("○", "down", .off, "it does not run, and need not"),
    ("!", "PAUSED", .held, "it is stopped where it was, until it is continued"),
    ("◐", "starting", .building, "it was told to start"),
    ("◐", "stopping", .building, "it was told to stop, and has not ended yet"),
    ("?", "no supervise", .failed, "nobody looks after the service"),
    ("?", "unknown", .failed, "supervise's files cannot be read; svstat's words stand beside"),
  ]
}
