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
    try all().filtered { signs(of: $0).areThere }
  }

  /// The files that make a rule appear.
  func signs(of rule: Rule) -> Signs {
    switch rule.presence {
    case .always: Signs()
    case .whereAnyExists(let paths): Signs(anyOf: paths + [rule.product.path])
    case .whereProductExists:
      Signs(
        anyOf: [rule.product.path],
        orRemembered: StateStore(settings.stateDirectory).path(of: rule.name))
    }
  }

  /// What makes a rule appear.
  struct Signs {
    /// Any of these files; nil needs none.
    var anyOf: [FilePath]?
    /// What is remembered of it: a product that was there and is gone is to be told of.
    var orRemembered: FilePath?

    /// Whether the rule is there now.
    var areThere: Bool {
      guard let anyOf else { return true }
      if anyOf.contains(where: RuleCatalogue.exists) { return true }
      guard let orRemembered else { return false }
      return (try? FileStatus.of(orRemembered)) != nil
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
