internal import SystemSupport

/// What is wrong with settings beside each other, and with the rules among all the others.
extension Settings {
  /// Tells whether the settings fit together.
  func check(_ problems: SettingsProblems) {
    // supervise shows a process that has died as up for another second.
    if staysUp < .milliseconds(1500) {
      problems.add(SettingsPath("stays_up"), "expected at least 1.5 s")
    }
    if settle > settleLimit {
      let limit = SettingsPath("settle_limit")
      if problems.says(limit) {
        problems.add(limit, "expected at least settle, \(settle.seconds) s")
      } else {
        problems.add(
          SettingsPath("settle"), "expected no more than settle_limit, \(settleLimit.seconds) s")
      }
    }
    for service in logDirectories.keys where ServiceName.value(of: service) == nil {
      let found = SettingsPath.quoted(service)
      problems.add(
        SettingsPath("logs", service), "expected \(ServiceName.expected), found \(found)")
    }
    checkRules(problems)
  }

  /// Applies the changes one by one, and orders the rules that come out of it.
  private func checkRules(_ problems: SettingsProblems) {
    var rules = BuiltInRules(self).all
    for change in ruleChanges {
      do throws(RuleChangeError) {
        rules = try change.applied(to: rules, self)
      } catch {
        problems.add(error.path, "expected \(error.expected)")
      }
    }
    checkOrder(among: rules, problems)
    checkRestarts(among: rules, problems)
    do throws(RuleSetError) {
      _ = try RuleSet(rules)
    } catch {
      problems.add(place(of: error), "\(error)")
    }
  }

  /// A restart that has to last longer than it may take would always fail.
  ///
  /// The built-in one counts also while there is no service for it: what would be wrong once there
  /// is one is told now.
  private func checkRestarts(among rules: [Rule], _ problems: SettingsProblems) {
    let builtIn = BuiltInRules.sendRestart
    for rule in rules where rule.action == .restart {
      checkRestart(rule.name, rule.timeout, problems)
    }
    guard !rules.contains(where: { $0.name == builtIn.name }) else { return }
    let change = ruleChanges.first { $0.name == builtIn.name }
    if change?.verb == .reload { return }
    checkRestart(builtIn.name, change?.timeout ?? builtIn.timeout, problems)
  }

  private func checkRestart(_ name: String, _ timeout: Duration, _ problems: SettingsProblems) {
    guard timeout <= staysUp else { return }
    let change = ruleChanges.first { $0.name == name }
    if let change, change.says(.timeout) {
      problems.add(
        change.place.appending("timeout"), "expected more than stays_up, \(staysUp.seconds) s")
    } else {
      problems.add(
        SettingsPath("stays_up"),
        "expected less than the timeout of \(VisibleText.escape(name)), \(timeout.seconds) s")
    }
  }

  private func checkOrder(among rules: [Rule], _ problems: SettingsProblems) {
    let names = rules.map(\.name) + ruleChanges.map(\.name)
    for change in ruleChanges {
      for (index, name) in (change.after ?? []).enumerated()
      where !names.contains(name) && !BuiltInRules.isName(name) {
        let known = Set(names + BuiltInRules.names).sorted()
        problems.add(
          change.place.appending("after").appending(index),
          "no rule is named \(SettingsPath.quoted(name)), " + Spelling.advice(name, known))
      }
    }
  }

  /// The place of the first configured rule that has a part in it.
  private func place(of error: RuleSetError) -> SettingsPath {
    let (names, keys): ([String], [RuleChange.CodingKeys]) =
      switch error {
      case .cycle(let names): (names, [.after, .inputs])
      case .duplicateName(let name): ([name], [])
      case .duplicateProduct(_, let first, let second): ([second, first], [.product])
      }
    let involved = names.compactMap { name in ruleChanges.first { $0.name == name } }
    for key in keys {
      if let change = involved.first(where: { $0.says(key) }) {
        return change.place.appending(key.rawValue)
      }
    }
    return involved.first?.place ?? SettingsPath("rules")
  }
}
