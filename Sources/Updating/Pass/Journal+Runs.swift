extension Journal {
  /// Writes what came of a run, and the program's own words.
  ///
  /// - Parameters:
  ///   - outcome: The outcome.
  ///   - rule: The rule that was run.
  ///   - duration: How long it took, in nanoseconds.
  ///   - settings: What says how it is done by hand.
  func note(
    _ outcome: RunOutcome, of rule: Rule, after duration: Int64, _ settings: Settings
  ) {
    let took = Pass.words(duration)
    switch outcome.result {
    case .failed:
      note(rule.name, "failed: \(outcome.summary), after \(took)")
      note(rule.name, "by hand: \(rule.actionByHand(settings))")
    case .held:
      note(
        rule.name,
        "held: \(outcome.summary); force it with: \(settings.forceByHand(rule.name))")
    default: note(rule.name, "\(outcome.summary), in \(took)")
    }
    quote(rule.name, Array(outcome.output.prefix(20)))
  }
}

extension Pass {
  /// A duration for people: `640 us`, `12 ms`, `3.4 s`.
  static func words(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1_000_000: "\(nanoseconds / 1000) us"
    case ..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
    default: "\(nanoseconds / 1_000_000_000).\(nanoseconds / 100_000_000 % 10) s"
    }
  }
}
