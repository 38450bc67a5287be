internal import SystemSupport

/// The latest news as lines at the foot of the screen: what went wrong can be long, and is read.
struct MessageLines {
  let lines: [String]
  let role: Role
  /// What takes the news away, and how many more there are.
  let dismissal: String

  /// The most lines that news take.
  private static let limit = 3

  /// The news of a state; nil when there are none, or something else stands in their place.
  init?(_ state: ConsoleState) {
    guard state.prompt == nil, state.shownActivity == nil, let message = state.messages.last
    else { return nil }
    let (sign, role) = Self.look(of: message.kind)
    let more = state.messages.count - 1
    let dismissal = "Esc" + (more > 0 ? " (+\(more) more)" : "")
    let time = message.time.map { $0.formatted("%H:%M:%S ", zone: state.zone) } ?? ""
    let width = max(1, state.size.columns - TextWidth.of(dismissal) - 4)
    let wrapped = TextFitting.wrap("\(time)\(message.text)", max(1, width - TextWidth.of(sign) - 1))
    var lines = wrapped.prefix(Self.limit).map { String($0.text) }
    if wrapped.count > lines.count { lines[lines.count - 1] += "…" }
    self.lines = zip(wrapped, lines).enumerated().map { index, line in
      (index == 0 ? "\(sign) " : TextFitting.pad(line.0.lead, TextWidth.of(sign) + 1, right: true))
        + line.1
    }
    self.role = role
    self.dismissal = dismissal
  }

  private static func look(of kind: Message.Kind) -> (String, Role) {
    switch kind {
    case .note: ("·", .normal)
    case .requested: ("→", .building)
    case .done: ("✓ done:", .success)
    case .verified: ("✓ verified:", .success)
    case .failed: ("✗ failed:", .alert)
    case .refused: ("!", .stale)
    }
  }
}

extension ConsoleState {
  /// The work that goes on, unless a failure has to be read first.
  var shownActivity: Activity? { messages.last?.kind == .failed ? nil : activity }
}
