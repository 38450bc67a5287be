/// What a pass does about one rule: a pure function of its verdict and its surroundings.
package enum Decision: Equatable, Sendable {
  /// Run the action.
  case run(Cause)
  /// It is due, but another rule stands in the way.
  case skip(because: String)
  case leave

  /// Why an action is run.
  ///
  /// To put a verdict's reasons into words takes a while, which a builder need not wait for.
  package struct Cause: Equatable, Sendable {
    /// What is said first.
    package let words: [String]
    /// Whether the verdict's reasons follow.
    package let isVerdict: Bool

    package init(_ words: [String] = [], isVerdict: Bool = false) {
      self.words = words
      self.isVerdict = isVerdict
    }

    /// The whole in words.
    ///
    /// - Parameter reasons: The verdict's reasons in words.
    /// - Returns: A line for each reason.
    package func inWords(_ reasons: @autoclosure () -> [String]) -> [String] {
      isVerdict ? words + reasons() : words
    }
  }

  /// Decides about one rule.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - verdict: Its verdict.
  ///   - isOpaque: Whether the rule reads what no file shows.
  ///   - order: What the pass is asked to do.
  ///   - blockers: The rules that it depends on and that are not in order, by name.
  /// - Returns: The decision.
  package static func about(
    _ rule: Rule, verdict: Verdict, isOpaque: Bool, order: PassOrder, blockers: [String]
  ) -> Decision {
    let isForced = order.forced.contains(rule.name)
    guard let cause = cause(verdict, isForced, isOpaque && order.includesOpaque, order)
    else { return .leave }
    // An operator's word goes before the order of things.
    if let blocker = blockers.sorted().first, !isForced { return .skip(because: blocker) }
    return .run(cause)
  }

  private static func cause(
    _ verdict: Verdict, _ isForced: Bool, _ isOpaqueDue: Bool, _ order: PassOrder
  ) -> Cause? {
    let forced = isForced ? Cause(["forced"]) : nil
    switch verdict {
    case .off, .unreadable, .missingInput: return nil
    case .removed: return forced
    case .stale: return Cause(forced?.words ?? [], isVerdict: true)
    case .held(let hold) where hold.cause == .rollback: return forced
    case .fresh, .held, .failed:
      if let forced { return forced }
      if case .failed(let failure) = verdict, order.retries(failure) {
        return Cause(["its last run failed"])
      }
      return isOpaqueDue ? Cause(order.cause) : nil
    }
  }
}
