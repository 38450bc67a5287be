internal import SystemPackage
package import SystemSupport

/// One rule as it stands now: what was observed, what is remembered, and what follows.
package struct RuleStatus: Sendable {
  package let rule: Rule
  package let observation: RuleObservation
  package let state: RuleState
  package let verdict: Verdict
  /// The reasons in words, each a line, safe to show.
  package let reasons: [String]
  /// The run that goes on now, somewhere.
  package let running: RuleState.Running?

  /// The state in one word: that of the verdict, or `building`.
  package var word: String { running == nil ? verdict.word : "building" }

  /// The last run that made or verified the product, ours or another program's.
  package var lastSuccess: RunReport? {
    state.runs.first {
      [.built, .unchanged, .reloaded, .restarted, .rolledBack, .adopted].contains($0.result)
    }
  }
}

/// All rules as they stand now, without doing anything about it.
package struct StatusSurvey: Sendable {
  package let time: Timestamp
  /// Every rule whose files exist, in the order of a pass.
  package let rules: [RuleStatus]
  package let dependencies: [String: Set<String>]
  /// Who holds the lock, if somebody runs rules now.
  package let lockHolder: FileLock.Holder?

  /// Looks at everything once.
  ///
  /// - Parameters:
  ///   - settings: The settings.
  ///   - states: What is remembered.
  ///   - zone: Which clock the words follow.
  /// - Throws: `RuleSetError` or `RuleChangeError` when the rules do not fit together.
  package init(
    _ settings: Settings, _ states: StateCache, zone: Timestamp.Zone = .local
  ) throws {
    let set = try RuleCatalogue(settings).present()
    let surveyor = Surveyor(settings)
    let now = Timestamp.now
    let wording = Wording(settings, now: now, zone: zone)
    let store = StateStore(settings.stateDirectory)
    let holder = store.lockHolder
    time = now
    lockHolder = holder
    dependencies = set.dependencies
    rules = set.rules.map { rule in
      let state = states.state(of: rule.name)
      let observation = surveyor.observe(rule, state)
      let verdict = Judge(observation, state).verdict(at: now)
      // A note of a run counts only while its writer holds the lock: it may have been killed.
      var running = state.running.flatMap { $0.pid == holder?.pid ? $0 : nil }
      if let run = running { running?.progress = store.progress(of: rule.name, run) }
      return RuleStatus(
        rule: rule, observation: observation, state: state, verdict: verdict,
        reasons: running?.why ?? wording.reasons(for: verdict), running: running)
    }
  }

  /// Whether something has failed, is held, or cannot be read.
  package var isTrouble: Bool { rules.contains { $0.verdict.isTrouble } }
}

extension StateStore {
  /// Who holds the lock under which rules run; nil when nobody does, or we may not look.
  package var lockHolder: FileLock.Holder? {
    guard let lock = try? FileLock(existing: lockPath), !lock.isFree else { return nil }
    return lock.holder ?? .unknown
  }
}
