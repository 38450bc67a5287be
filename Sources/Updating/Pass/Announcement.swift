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

extension RuleState {
  /// Brings the state up to what is known now.
  ///
  /// - Parameters:
  ///   - verdict: The verdict.
  ///   - reasons: Its reasons in words.
  ///   - extra: What keeps the rule from being run, in words; nil where nothing does.
  ///   - order: What the pass is asked to do: an operator's is told all trouble, known or not.
  ///   - isNews: Set where the state has to be stored.
  /// - Returns: The line for the log, if it does not know that yet.
  mutating func take(
    _ verdict: Verdict, _ reasons: [String], announcing extra: String?, _ order: PassOrder,
    _ isNews: inout Bool
  ) -> String? {
    if state != verdict.word || self.reasons != reasons {
      judged = .now
      state = verdict.word
      self.reasons = reasons
      isNews = true
    }
    let announcement = Announcement(verdict, reasons, extra)
    var isTold = verdict.isTrouble || extra != nil
    if order.asked == nil {
      isTold = announced != announcement.key
      announced = announcement.key
      if isTold { isNews = true }
    }
    return isTold ? announcement.text : nil
  }
}
