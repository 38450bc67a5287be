/// Finds what is wrong with the configured rules among all the others.
struct RuleCheck {
  private let settings: Settings
  private let changes: [RuleChange]
  private(set) var findings: [SettingsFinding] = []

  /// Applies the changes one by one, and orders the rules that come out of it.
  init(_ settings: Settings) {
    self.settings = settings
    changes = settings.ruleChanges
    var rules = BuiltInRules(settings).all
    for change in changes {
      do throws(RuleChangeError) {
        rules = try change.applied(to: rules, settings)
      } catch {
        findings.append(SettingsFinding(error.path, "expected \(error.expected)"))
      }
    }
    checkOrder(among: rules)
    do throws(RuleSetError) {
      _ = try RuleSet(rules)
    } catch {
      findings.append(SettingsFinding(place(of: error), "\(error)"))
    }
  }

  private mutating func checkOrder(among rules: [Rule]) {
    let names = rules.map(\.name) + changes.map(\.name)
    for change in changes {
      for (index, name) in (change.after ?? []).enumerated()
      where !names.contains(name) && !BuiltInRules.isName(name) {
        let known = Set(names + BuiltInRules.names).sorted()
        findings.append(
          SettingsFinding(
            SettingsPath("rules", change.name, RuleKey.after.rawValue).appending(index),
            "no rule is named \(SettingsPath.quoted(name)), " + Spelling.advice(name, known)))
      }
    }
  }

  /// The place of the first configured rule that has a part in it.
  private func place(of error: RuleSetError) -> SettingsPath {
    let (names, keys): ([String], [RuleKey]) =
      switch error {
      case .cycle(let names): (names, [.after, .inputs])
      case .duplicateName(let name): ([name], [])
      case .duplicateProduct(_, let first, let second): ([second, first], [.product])
      }
    let involved = names.compactMap { name in changes.first { $0.name == name } }
    for key in keys {
      if let change = involved.first(where: { $0.says(key) }) {
        return SettingsPath("rules", change.name, key.rawValue)
      }
    }
    return involved.first.map { SettingsPath("rules", $0.name) } ?? SettingsPath("rules")
  }
}
