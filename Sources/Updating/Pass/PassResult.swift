package import SystemSupport

/// What came of a pass.
package struct PassResult: Sendable {
  /// One rule at the end of the pass.
  package struct Entry: Sendable {
    package let rule: Rule
    package let verdict: Verdict
    /// The run of this pass, if the action ran.
    package let run: RunReport?
    /// Why the action was left out though the product is stale.
    package let skipped: String?
  }

  /// Every rule that is present, in the order of the pass.
  package internal(set) var entries: [Entry] = []
  /// Something kept changing while it was read: another pass should follow soon.
  package internal(set) var isUnsettled = false
  /// Whether there are rules that read what no file shows.
  package internal(set) var hasOpaqueRules = false
  /// What made the whole pass impossible, such as a lock that cannot be had.
  package internal(set) var failure: String?
  /// Whether the pass was stopped before its end.
  package internal(set) var isStopped = false

  package init() {}

  /// When the earliest failed rule is to be tried again.
  package var nextTry: Timestamp? {
    entries.compactMap {
      if case .failed(let failure) = $0.verdict { failure.nextTry } else { nil }
    }.min()
  }

  /// Whether something failed, is held, or was left out because of that.
  package var isTrouble: Bool {
    failure != nil || entries.contains { $0.verdict.isTrouble || $0.skipped != nil }
  }
}
