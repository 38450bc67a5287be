/// The wish for one pass: look at everything that matters, then do what is stale.
package struct PassRequest: Equatable, Sendable {
  /// Why, in words for the log, such as `poke: pipe` or `changed: control/locals`.
  package var reasons: [String]
  /// Whether rules run whose inputs no file shows (vpopmail in SQL).
  package var includesOpaque: Bool
  /// Whether nothing that was learned before counts: at the start, after a hangup, and when
  /// reports of changes were lost.
  package var isFull: Bool
  /// Whether only the clock asks: nothing has happened that an administrator would look for.
  package var isRoutine: Bool { reasons.allSatisfy { Self.routine.contains($0) } }

  static let retry = "retry"
  static let safetySurvey = "safety survey"
  private static let routine = [retry, safetySurvey]

  package init(reasons: [String], includesOpaque: Bool = false, isFull: Bool = false) {
    self.reasons = reasons
    self.includesOpaque = includesOpaque
    self.isFull = isFull
  }
}
