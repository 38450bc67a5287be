internal import Supervision

/// What a service does for others now, in words.
extension ServiceWork {
  /// How much it is: `3 sessions open`.
  var words: String {
    switch self {
    case .sessions(0): "no session open"
    case .sessions(let count): "\(Words.count(count, "session")) open"
    case .deliveries(0, 0): "no delivery under way"
    case .deliveries(let remote, 0): Self.deliveries(remote, "remote")
    case .deliveries(0, let local): Self.deliveries(local, "local")
    case .deliveries(let remote, let local):
      "\(Words.count(remote)) remote and \(Self.deliveries(local, "local"))"
    case .processes(0): "no process below it"
    case .processes(let count):
      "\(Words.count(count)) process\(count == 1 ? "" : "es") below it"
    case .unknown(let reason): "what it does now cannot be counted: \(reason)"
    }
  }

  private static func deliveries(_ count: Int, _ kind: String) -> String {
    "\(Words.count(count)) \(kind) \(count == 1 ? "delivery" : "deliveries") under way"
  }

  /// How much it is, and what becomes of it when the service is told something.
  func sentence(on task: ServiceTask) -> String {
    let words = "\(self.words.prefix(1).uppercased())\(self.words.dropFirst())"
    return fate(on: task).map { "\(words): \($0)." } ?? "\(words)."
  }

  private func fate(on task: ServiceTask) -> String? {
    switch self {
    case .sessions(0), .deliveries(0, 0), .processes(0), .unknown: nil
    // tcpserver's children are told nothing of its end.
    case .sessions where task == .pause: "they go on, new clients wait"
    case .sessions: "what is open goes on to its end, new clients wait"
    case .deliveries where task == .pause: "what came of them is heard when it is continued"
    case .deliveries: "qmail-send ends after them, and begins no more"
    case .processes(let count):
      "\(count == 1 ? "it" : "they") may \(task == .pause ? "have to wait" : "end too")"
    }
  }
}
