internal import SystemPackage
internal import SystemSupport

/// All rules of a server: the built-in ones, and what the configuration makes of them.
package struct RuleCatalogue: Sendable {
  private let settings: Settings

  package init(_ settings: Settings) { self.settings = settings }

  /// Every rule, whether its files exist or not, in order.
  ///
  /// - Throws: `RuleSetError`, or `RuleChangeError` when the configuration's rules do not fit.
  package func all() throws -> RuleSet {
    try RuleSet(
      try settings.ruleChanges.reduce(BuiltInRules(settings).all) { rules, change in
        try change.applied(to: rules, settings)
      })
  }

  /// The rules whose files exist.
  ///
  /// - Throws: As `all`.
  package func present() throws -> RuleSet {
    try all().filtered(Self.isPresent)
  }

  /// Whether the files exist that make a rule appear.
  package static func isPresent(_ rule: Rule) -> Bool {
    switch rule.presence {
    case .always: true
    case .whereAnyExists(let paths): (paths + [rule.product.path]).contains(where: exists)
    case .whereProductExists: exists(rule.product.path)
    }
  }

  /// Whether something has the name; what cannot be looked at may be there.
  private static func exists(_ path: FilePath) -> Bool {
    do {
      return try FileStatus.of(path, followingLinks: false) != nil
    } catch {
      return true
    }
  }
}
