/// The rules that a pass goes through.
///
/// A pass begins with the rules that the last one had, if there was one. Whether they are still those
/// that are present is confirmed once the first builder is at work, or before anything else is done:
/// no poke need wait for that.
struct PassRules {
  /// The rules, in their order.
  private(set) var set: RuleSet
  private let catalogue: CatalogueMemory
  /// Whether the rules are known to be those that are present.
  private var isConfirmed: Bool

  /// - Throws: As `RuleCatalogue.present`.
  init(_ catalogue: CatalogueMemory) throws {
    self.catalogue = catalogue
    let remembered = catalogue.remembered
    isConfirmed = remembered == nil
    set = try remembered ?? catalogue.present()
  }

  /// The rule at a place; nil after the last one.
  subscript(position: Int) -> Rule? {
    position < set.rules.count ? set.rules[position] : nil
  }

  /// The rules that a rule depends on, by name.
  func dependencies(of rule: Rule) -> Set<String> { set.dependencies[rule.name] ?? [] }

  /// Makes sure that the rules are those that are present.
  ///
  /// - Returns: Whether they were; if not, they are now.
  /// - Throws: As `RuleCatalogue.present`.
  mutating func confirm() throws -> Bool {
    if isConfirmed { return true }
    let news = try catalogue.news()
    isConfirmed = true
    guard let news else { return true }
    set = news
    return false
  }
}

/// Why what a builder has made counts for nothing.
enum Obsolescence {
  /// Other rules are present than those that it was started with.
  case changed
  /// Nobody knows what rules there are.
  case unknown(String)
}
