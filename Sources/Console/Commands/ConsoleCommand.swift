/// Something that the user can ask for: a row of the one table behind keys, hints, help and `:`.
package struct ConsoleCommand: Sendable {
  /// The names by which `:` knows the commands.
  package enum Name: String, CaseIterable, Sendable {
    case update, force, trigger, hup, restart, start, pause, rollback, release, verify
    case details, explain, log, when, search, next, previous, filter, sort, times, wrap, follow
    case zoom, grow, shrink, save, lock, refresh, help, command, quit
  }

  /// What a command needs.
  package enum Need: Sendable {
    case nothing
    /// To write to the pipe, which anybody may by default.
    case pipe
    /// To run rules and to tell services: root, and not `--read-only`.
    case power
  }

  /// What it is about, the order of the help page.
  package enum Group: String, CaseIterable, Sendable {
    case products = "Products"
    case services = "Services"
    case log = "Log"
    case screen = "Screen"
  }

  package let name: Name
  package let keys: [Key]
  /// The one or two words of the hint line.
  package let hint: String
  /// The sentence of the help page.
  package let explanation: String
  package let need: Need
  package let group: Group
  /// The panes in whose hint line it stands.
  package let panes: [Pane]

  init(
    _ name: Name, _ keys: [Key], _ hint: String, _ explanation: String, _ group: Group,
    need: Need = .nothing, in panes: [Pane] = []
  ) {
    self.name = name
    self.keys = keys
    self.hint = hint
    self.explanation = explanation
    self.group = group
    self.need = need
    self.panes = panes
  }
}

/// A part of the overview.
package enum Pane: String, CaseIterable, Sendable {
  case products, services, log
}
