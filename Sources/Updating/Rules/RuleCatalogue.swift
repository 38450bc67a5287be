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
    signs(of: rule).map { $0.contains(where: exists) } ?? true
  }

  /// The files any of which makes a rule appear; nil when it needs none.
  static func signs(of rule: Rule) -> [FilePath]? {
    switch rule.presence {
    case .always: nil
    case .whereAnyExists(let paths): paths + [rule.product.path]
    case .whereProductExists: [rule.product.path]
    }
  }

  /// Whether something has the name; what cannot be looked at may be there.
  static func exists(_ path: FilePath) -> Bool {
    do {
      return try FileStatus.of(path, followingLinks: false) != nil
    } catch {
      return true
    }
  }
}
