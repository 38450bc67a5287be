/// What a pass does about one rule: a pure function of its verdict and its surroundings.
package enum Decision: Equatable, Sendable {
  /// Run the action, for these reasons in words.
  case run(why: [String])
  /// It is due, but another rule stands in the way.
  case skip(because: String)
  case leave

  /// Decides about one rule.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - verdict: Its verdict.
  ///   - reasons: The verdict's reasons in words.
  ///   - isOpaque: Whether the rule reads what no file shows.
  ///   - order: What the pass is asked to do.
  ///   - blockers: The rules that it depends on and that are not in order, by name.
  /// - Returns: The decision.
  package static func about(
    _ rule: Rule, verdict: Verdict, reasons: [String], isOpaque: Bool, order: PassOrder,
    blockers: [String]
  ) -> Decision {
    let isForced = order.forced.contains(rule.name)
    guard let why = cause(verdict, reasons, isForced, isOpaque && order.includesOpaque, order)
    else { return .leave }
    // An operator's word goes before the order of things.
    if let blocker = blockers.sorted().first, !isForced { return .skip(because: blocker) }
    return .run(why: why)
  }

  private static func cause(
    _ verdict: Verdict, _ reasons: [String], _ isForced: Bool, _ isOpaqueDue: Bool,
    _ order: PassOrder
  ) -> [String]? {
    switch verdict {
    case .off, .unreadable, .missingInput: return nil
    case .removed: return isForced ? ["forced"] : nil
    case .stale: return isForced ? ["forced"] + reasons : reasons
    case .held(let hold) where hold.cause == .rollback: return isForced ? ["forced"] : nil
    case .fresh, .held, .failed:
      if isForced { return ["forced"] }
      if case .failed(let failure) = verdict, order.retries(failure) {
        return ["its last run failed"]
      }
      return isOpaqueDue ? order.cause : nil
    }
  }
}
