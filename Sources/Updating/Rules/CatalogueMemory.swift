internal import SystemPackage
internal import SystemSupport

/// The rules of a server, put together anew only when what they depend on has changed.
///
/// Which rules there are depends on what is installed and on a few directories; a service that makes
/// a pass at every poke need not look at each program again.
final class CatalogueMemory {
  private let settings: Settings
  private let witnesses: [FilePath]
  private var known: (stamps: [Stamp?], rules: RuleSet)?
  /// For each of all rules what makes it appear.
  private var signs: [RuleCatalogue.Signs] = []
  private var knownPresent: (flags: [Bool], rules: RuleSet)?
  /// The digests of the rules, by name, each under the key that was asked for last.
  private var digests: [String: (key: ContentDigest.Key, digest: ContentDigest)] = [:]

  init(_ settings: Settings) {
    self.settings = settings
    witnesses = BuiltInRules.witnesses(settings)
  }

  /// As `RuleCatalogue.all`.
  ///
  /// - Throws: As `RuleCatalogue.all`.
  func all() throws -> RuleSet {
    let now = Timestamp.now
    let stamps = witnesses.map { path in (try? FileStatus.of(path)).map { Stamp($0) } }
    if let known, known.stamps == stamps { return known.rules }
    let catalogue = RuleCatalogue(settings)
    let rules = try catalogue.all()
    signs = rules.rules.map(catalogue.signs)
    knownPresent = nil
    digests = [:]
    // A change within the same tick of the clock would go unseen.
    let isSure = !stamps.contains { $0?.isTooRecent(at: now) == true }
    known = isSure ? (stamps, rules) : nil
    return rules
  }

  /// As `Rule.digest`, of a rule that `all` or `present` has given last.
  func digest(of rule: Rule, key: ContentDigest.Key) -> ContentDigest {
    if let known = digests[rule.name], known.key == key { return known.digest }
    let digest = rule.digest(key: key)
    digests[rule.name] = (key, digest)
    return digest
  }

  /// What `present` has given last, without another look; nil when it was too recent to be sure.
  var remembered: RuleSet? { known == nil ? nil : knownPresent?.rules }

  /// Looks whether `present` still gives what it has given last.
  ///
  /// - Returns: What it gives now, if that differs.
  /// - Throws: As `RuleCatalogue.present`.
  func news() throws -> RuleSet? {
    let old = knownPresent?.rules
    let rules = try present()
    return rules == old ? nil : rules
  }

  /// As `RuleCatalogue.present`.
  ///
  /// - Throws: As `RuleCatalogue.present`.
  func present() throws -> RuleSet {
    let all = try all()
    let flags = signs.map(\.areThere)
    if let knownPresent, knownPresent.flags == flags { return knownPresent.rules }
    let names = Set(zip(all.rules, flags).filter(\.1).map(\.0.name))
    let rules = all.filtered { names.contains($0.name) }
    knownPresent = (flags, rules)
    return rules
  }
}
