internal import SystemPackage
internal import SystemSupport

/// Turns what was observed and what came of a run into what is remembered.
enum RecordKeeping {
  /// Remembers the outcome of a run whose inputs were observed before it began.
  static func keep(
    _ outcome: RunOutcome, _ report: RunReport, of before: RuleObservation,
    in state: inout RuleState, by surveyor: Surveyor
  ) {
    let memory = state
    state.add(report)
    switch outcome.result {
    case .built, .unchanged, .reloaded, .restarted:
      state.failure = nil
      state.hold = nil
      let (inputs, reported) = inputs(of: outcome, report, before, memory, surveyor)
      state.record = BuildRecord(
        rule: before.ruleDigest, inputs: inputs, reported: reported, isOpaque: outcome.isOpaque,
        product: surveyor.product(of: before.rule, state), time: .now)
      if outcome.keptPrevious { state.hasPrevious = true }
    case .failed:
      let count = (state.failure?.count ?? 0) + 1
      let now = Timestamp.now
      let (inputs, reported) = inputs(of: outcome, report, before, memory, surveyor)
      state.failure = RuleState.Failure(
        message: outcome.summary, count: count, since: state.failure?.since ?? now,
        nextTry: now + RuleState.Failure.delay(after: count), inputs: inputs, reported: reported)
      state.failure?.rule = before.ruleDigest
    case .held:
      let (inputs, reported) = inputs(of: outcome, report, before, memory, surveyor)
      state.failure = nil
      state.hold = RuleState.Hold(
        cause: .loss, records: outcome.records,
        losing: outcome.samples.filter { $0.hasPrefix("-") }, since: .now, inputs: inputs)
      state.hold?.rule = before.ruleDigest
      state.hold?.reported = reported
    case .rolledBack, .adopted: break
    }
  }

  /// Brings the record up to date when nothing had to be done: newer stamps of the same contents,
  /// and products that others have made and that are fresh.
  ///
  /// - Returns: Whether the state has changed.
  static func refresh(
    _ state: inout RuleState, _ verdict: Verdict, _ observation: RuleObservation
  ) -> Bool {
    guard case .fresh(let basis) = verdict else { return false }
    let old = state.record
    if state.failure == nil, state.hold == nil, let old, old.product == observation.product,
      old.rule == observation.ruleDigest, observation.hasUntouchedInputs(since: old.inputs)
    {
      return false
    }
    let others = Set(state.unfinishedReport).subtracting(old?.reported ?? [])
    let inputs = observation.inputs.filter { !others.contains($0.key) }
    state.failure = nil
    state.hold = nil
    var record = BuildRecord(
      rule: observation.ruleDigest, inputs: inputs, reported: old?.reported ?? [],
      isOpaque: old?.isOpaque ?? false, product: observation.product, time: observation.time)
    switch basis {
    case .record: record.time = old?.time ?? observation.time
    case .start: break
    case .dates(let made):
      record.adopted = made
      if let old, old.adopted == made { record.time = old.time } else { state.add(.adoption(made)) }
    }
    state.record = record
    return true
  }

  /// The inputs of a run as they were before it began, with what only its builder knows of, and
  /// the keys of those.
  ///
  /// A run without a product adds what it has read to what the last product was made from.
  private static func inputs(
    of outcome: RunOutcome, _ report: RunReport, _ before: RuleObservation, _ memory: RuleState,
    _ surveyor: Surveyor
  ) -> (all: [String: InputEvidence], reported: [String]) {
    let old = memory.record?.reported ?? []
    let known = Set(memory.reportedInputs)
    let declared = before.inputs.filter { !known.contains($0.key) }
    let isSuccess = outcome.result.isSuccess
    let reported =
      outcome.reported?.filter { declared[$0] == nil }
      ?? (isSuccess ? old : memory.unfinishedReport)
    let wanted = isSuccess ? reported : reported + old
    var inputs = declared
    for key in wanted { inputs[key] = before.inputs[key] }
    let unknown = wanted.filter { inputs[$0] == nil }
    for (key, evidence) in surveyor.evidence(ofReported: unknown, before.rule, memory) {
      // What changed while it was being read counts as not read: the rule runs once more.
      if evidence == .absent {
        let isSure = wasAbsent(key, during: outcome, report, of: before.rule)
        inputs[key] = isSure ? .absent : .unreadable("it may have been there")
      } else {
        inputs[key] = evidence.changedSince(report.began) ? .absent : evidence
      }
    }
    return (inputs, reported)
  }

  /// Whether what a builder named for the first time, and what is not there, was not there when the
  /// builder looked either: nothing came or went where it would be since the run began.
  private static func wasAbsent(
    _ key: String, during outcome: RunOutcome, _ report: RunReport, of rule: Rule
  ) -> Bool {
    var directory = FilePath(key).removingLastComponent()
    while directory.lastComponent != nil, (try? FileStatus.of(directory)) == nil {
      directory.removeLastComponent()
    }
    // There the run itself has made its candidate.
    if directory == rule.product.path.removingLastComponent() { return outcome.wasUndisturbed }
    guard let status = try? FileStatus.of(directory) else { return false }
    return status.modified + Stamp.tick < report.began
  }
}

extension InputEvidence {
  /// Whether the input may have changed after a run began that read it at some moment.
  fileprivate func changedSince(_ time: Timestamp) -> Bool {
    latest.map { $0 + Stamp.tick >= time } ?? false
  }
}

extension RunReport.Result {
  /// Whether the product is now what its inputs said when the run began.
  var isSuccess: Bool {
    switch self {
    case .built, .unchanged, .reloaded, .restarted: true
    case .failed, .held, .rolledBack, .adopted: false
    }
  }
}
