/// The state of a service as a sign, a word and a meaning.
package enum ServiceState: CaseIterable, Sendable {
  case up, crashing, dead, down, paused, starting, stopping, unsupervised, unknown

  /// One column wide.
  package var sign: String {
    switch self {
    case .up: "✓"
    case .crashing, .dead: "✗"
    case .down: "○"
    case .paused: "!"
    case .starting, .stopping: "◐"
    case .unsupervised, .unknown: "?"
    }
  }

  /// The word; capitals ask for attention, also without colour.
  package var word: String {
    switch self {
    case .up: "up"
    case .crashing: "CRASHING"
    case .dead: "DOWN"
    case .down: "down"
    case .paused: "PAUSED"
    case .starting: "starting"
    case .stopping: "stopping"
    case .unsupervised: "no supervise"
    case .unknown: "unknown"
    }
  }

  /// What the word means, for the help page.
  package var explanation: String {
    switch self {
    case .up: "it runs"
    case .crashing: "it dies within seconds of each start"
    case .dead: "it does not run, and should"
    case .down: "it does not run, and need not"
    case .paused: "it is stopped where it was, until it is continued"
    case .starting: "it was told to start"
    case .stopping: "it was told to stop, and has not ended yet"
    case .unsupervised: "nobody looks after the service"
    case .unknown: "supervise's files cannot be read; svstat's words stand beside"
    }
  }

  package var role: Role {
    switch self {
    case .up: .fresh
    case .crashing, .dead, .unsupervised, .unknown: .failed
    case .down: .off
    case .paused: .held
    case .starting, .stopping: .building
    }
  }
}
