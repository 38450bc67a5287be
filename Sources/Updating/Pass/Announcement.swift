internal import SystemSupport

/// What the log is told of a verdict: once, and again when it changes.
struct Announcement {
  private let verdict: Verdict
  private let reasons: [String]
  private let extra: String?

  init(_ verdict: Verdict, _ reasons: [String], _ extra: String?) {
    self.verdict = verdict
    self.reasons = reasons
    self.extra = extra
  }

  /// What must change before the log is told again: never merely how a time is told.
  var key: String {
    switch verdict {
    case .fresh(.dates(let made)): "fresh by date \(made.nanoseconds)"
    case .fresh: "fresh"
    case .stale: "stale " + (extra ?? "")
    case .failed(let failure): Self.key(ofFailure: failure.message)
    case .held(let hold): "held \(hold.cause) \(hold.since.nanoseconds)"
    case .missingInput, .unreadable, .off, .removed:
      verdict.word + " " + reasons.joined(separator: "; ")
    }
  }

  static func key(ofFailure message: String) -> String { "failed " + message }

  /// The line for the log.
  var text: String {
    switch verdict {
    case .fresh(.record): "fresh"
    case .fresh: "fresh, " + reasons.joined(separator: "; ")
    case .stale: "stale: " + (reasons + [extra].compactMap(\.self)).joined(separator: "; ")
    case .failed, .held, .missingInput, .unreadable, .off, .removed:
      "\(verdict.word): " + reasons.joined(separator: "; ")
    }
  }
}
