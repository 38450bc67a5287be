internal import SystemSupport

/// Decides from one status after the other whether a wait is over.
struct ServiceWaitJudge {
  /// What follows from a look.
  enum Verdict: Equatable {
    /// Wait for the next change, but look again after this while.
    case wait(Duration?)
    case end(ServiceWait.Outcome)
  }

  /// One life of a service: a pid may come again, but not with the same start.
  private struct Process: Equatable {
    let pid: Int32
    let since: Timestamp?
  }

  private let condition: ServiceWait.Condition
  private var process: Process?
  private var steadyAt = Instant(nanoseconds: 0)
  /// How many new processes died before they were steady.
  private(set) var deaths = 0

  /// A second death in a row is no accident.
  private static let tolerableDeaths = 1

  init(_ condition: ServiceWait.Condition) { self.condition = condition }

  mutating func look(
    at status: ServiceStatus, clock: Timestamp, now: Instant
  ) -> Verdict {
    switch status.state {
    case .notSupervised: return .end(.gone(status))
    case .unavailable, .unrecognized:
      // encore empties its file for a moment when it starts.
      return status.description.hasSuffix("bad format") ? .wait(nil) : .end(.gone(status))
    case .up, .down: break
    }
    switch condition {
    case .down: return status.pid == nil ? .end(.met(status)) : .wait(nil)
    case .up(let steady): return follow(status, not: nil, steady, clock: clock, now: now)
    case .restarted(let old, let steady):
      return follow(status, not: old, steady, clock: clock, now: now)
    }
  }

  /// Follows one new process after the other, until one is steady or too many died.
  private mutating func follow(
    _ status: ServiceStatus, not old: Int32?, _ steady: Duration, clock: Timestamp, now: Instant
  ) -> Verdict {
    let seen = status.pid.flatMap { $0 == old ? nil : Process(pid: $0, since: status.since) }
    if process != nil, seen != process {
      deaths += 1
      process = nil
      if deaths > Self.tolerableDeaths {
        return .end(.crashLooping(deaths: deaths, last: status))
      }
    }
    guard let seen else { return .wait(nil) }
    if process == nil {
      process = seen
      let age = seen.since.map { clock - $0 } ?? .zero
      // A stamp in the future, or a clock that was set, cannot make the wait longer.
      steadyAt = now + min(steady, max(.zero, steady - age))
    }
    return now >= steadyAt ? .end(.met(status)) : .wait(steadyAt - now)
  }
}
