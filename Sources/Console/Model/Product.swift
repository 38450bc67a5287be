package import SystemSupport
package import Updating

/// One rule with all that is known of its product now.
package struct Product: Equatable, Sendable {
  package let rule: Rule
  package let verdict: Verdict
  package var state: RuleState
  package let observation: RuleObservation
  /// Whether somebody runs the rule at this moment.
  package let isBuilding: Bool

  package init(
    rule: Rule, verdict: Verdict, state: RuleState, observation: RuleObservation,
    isBuilding: Bool = false
  ) {
    self.rule = rule
    self.verdict = verdict
    self.state = state
    self.observation = observation
    self.isBuilding = isBuilding
  }

  /// The identity that actions go by.
  package var name: String { rule.name }

  /// The name, safe to show.
  package var shownName: String { VisibleText.escape(rule.name) }

  /// The state as it is shown.
  package var status: ProductStatus {
    if isBuilding { return .building }
    return switch verdict {
    case .fresh: .fresh
    case .stale: .stale
    case .failed: .failed
    case .held: .held
    case .missingInput: .missingInput
    case .unreadable: .unreadable
    case .off, .removed: .off
    }
  }

  /// The last run that touched the product.
  package var lastRun: RunReport? { state.runs.first }

  /// When the product last became what it is; nil when nothing tells.
  package var lastBuild: Timestamp? {
    let built = state.runs.first {
      switch $0.result {
      case .failed, .held, .unchanged: false
      case .built, .reloaded, .restarted, .rolledBack, .adopted: true
      }
    }
    if let built { return built.began }
    switch observation.product {
    case .file(let stamp, _, _): return stamp.modified
    case .service(.up(_, let since)): return since
    default: return state.record?.time
    }
  }

  /// The service that the rule tells, if its product is one.
  package var service: ServiceName? {
    if case .service(let path) = rule.product { ServiceName(path) } else { nil }
  }
}

/// The state of a product as a sign, a word and a meaning.
package enum ProductStatus: String, CaseIterable, Sendable {
  case failed, held, unreadable, missingInput, stale, building, fresh, off

  /// One column wide.
  package var sign: String {
    switch self {
    case .fresh: "✓"
    case .stale: "●"
    case .building: "◐"
    case .held: "!"
    case .failed: "✗"
    case .missingInput, .unreadable: "?"
    case .off: "○"
    }
  }

  /// The word; capitals ask for attention, also without colour.
  package var word: String {
    switch self {
    case .fresh: "fresh"
    case .stale: "STALE"
    case .building: "building"
    case .held: "HELD"
    case .failed: "FAILED"
    case .missingInput: "NO INPUT"
    case .unreadable: "UNREADABLE"
    case .off: "off"
    }
  }

  /// What the word means, for the help page.
  package var explanation: String {
    switch self {
    case .fresh: "the product is what its inputs say"
    case .stale: "an input has changed since: it will be built, or u builds it now"
    case .building: "its action runs now, here or in another process"
    case .held: "too much would be lost, or it was rolled back: g replaces it"
    case .failed: "the last run failed; it is tried again, or when an input changes"
    case .missingInput: "a file that it is made from is not there"
    case .unreadable: "a file cannot be read, or must not be trusted"
    case .off: "nothing is to be done, for the reason beside it"
    }
  }

  package var role: Role {
    switch self {
    case .fresh: .fresh
    case .stale: .stale
    case .building: .building
    case .held: .held
    case .failed, .missingInput, .unreadable: .failed
    case .off: .off
    }
  }

  /// Its place when the most urgent come first.
  package var urgency: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
