package import SystemPackage
package import SystemSupport

/// What the world looked like, for one rule, at one moment: all that a verdict needs.
package struct RuleObservation: Equatable, Sendable {
  package let rule: Rule
  /// The digest of the rule's own text.
  package var ruleDigest: ContentDigest
  /// Every input by its key: a path; a directory's ends in a slash, a prefix's in an asterisk.
  package var inputs: [String: InputEvidence]
  /// The required inputs that are not there.
  package var missing: [FilePath]
  package var product: ProductEvidence
  /// When a product's file was made that is not the recorded one; nil where nothing tells that.
  package var productBegun: Timestamp?
  package var time: Timestamp

  package init(
    rule: Rule, ruleDigest: ContentDigest, inputs: [String: InputEvidence],
    missing: [FilePath] = [], product: ProductEvidence, productBegun: Timestamp? = nil,
    time: Timestamp
  ) {
    self.rule = rule
    self.ruleDigest = ruleDigest
    self.inputs = inputs
    self.missing = missing
    self.product = product
    self.productBegun = productBegun
    self.time = time
  }
}

extension RuleObservation {
  /// Whether no input differs from a set taken earlier.
  package func hasSameInputs(as recorded: [String: InputEvidence]) -> Bool {
    matches(recorded) { new, old in new.compared(to: old) != .different }
  }

  /// Whether an input became one that not everybody may read, less than a while ago.
  func hasPrivateInput(since age: Duration) -> Bool {
    inputs.values.contains { evidence in
      guard case .file(let file) = evidence, !file.isWorldReadable else { return false }
      return time - file.stamp.changed < age
    }
  }

  /// Whether a set taken earlier says all that this one does.
  func hasUntouchedInputs(since recorded: [String: InputEvidence]) -> Bool {
    matches(recorded) { new, old in !old.isTooRecent && new.compared(to: old) == .untouched }
  }

  private func matches(
    _ recorded: [String: InputEvidence], _ condition: (InputEvidence, InputEvidence) -> Bool
  ) -> Bool {
    inputs.count == recorded.count
      && inputs.allSatisfy { key, new in recorded[key].map { condition(new, $0) } ?? false }
  }
}
