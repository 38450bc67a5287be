package import SystemSupport

/// What one pass is asked to do.
package struct PassOrder: Equatable, Sendable {
  /// The rules that are run even if they are fresh or held, by name.
  package var forced: Set<String>
  /// Whether the rules run whose inputs no file shows.
  package var includesOpaque: Bool
  /// Why there is a pass, in words for the log and the reports, such as `poke: pipe`.
  package var cause: [String]
  /// When an operator asked for the pass, who waits for the answer; nil for the service's own.
  ///
  /// What had failed by then is tried again at once, and all trouble is told, also what the log
  /// knows already.
  package var asked: Timestamp?

  package init(
    forced: Set<String> = [], includesOpaque: Bool = false, cause: [String],
    asked: Timestamp? = nil
  ) {
    self.forced = forced
    self.includesOpaque = includesOpaque
    self.cause = cause
    self.asked = asked
  }

  /// Whether a rule that failed need not wait for its time.
  func retries(_ failure: RuleState.Failure) -> Bool { asked.map { failure.last < $0 } ?? false }
}
