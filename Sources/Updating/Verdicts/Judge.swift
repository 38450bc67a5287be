internal import SystemPackage
package import SystemSupport

/// Gives the verdict on a rule: a pure function of what was observed and what is remembered.
package struct Judge: Sendable {
  private let observation: RuleObservation
  private let state: RuleState

  package init(_ observation: RuleObservation, _ state: RuleState) {
    self.observation = observation
    self.state = state
  }

  /// The verdict at a time.
  package func verdict(at now: Timestamp) -> Verdict {
    if let reason = observation.rule.offReason { return .off(reason) }
    if let reason = serviceIsOff { return .off(reason) }
    if isProductRemoved { return .removed(observation.rule.name, hasPrevious: state.hasPrevious) }
    if let path = observation.missing.first { return .missingInput(path) }
    if let trouble = unreadable { return trouble }
    if let hold = state.hold, isInForce(hold) { return .held(hold) }
    var (reasons, basis) = evidence
    if reasons.isEmpty, state.failure != nil, isOpaque || isYoung(at: now) { reasons = [.owed] }
    if reasons.isEmpty { return .fresh(basis) }
    if let unread = state.notRead, isUncertain(reasons) {
      return .unreadable(unread.path, unread.reason)
    }
    if let failure = state.failure, waits(failure, at: now) { return .failed(failure) }
    return .stale(reasons)
  }

  /// Whether a record could refute what speaks against freshness.
  private func isUncertain(_ reasons: [Reason]) -> Bool {
    reasons.allSatisfy { reason in
      switch reason {
      case .productMissing, .productDamaged: false
      default: true
      }
    }
  }

  /// Whether a service has started so lately that it has not proved to stay up: one that dies again
  /// and again has always just started.
  private func isYoung(at now: Timestamp) -> Bool {
    guard case .service(.up(_, let since)) = observation.product else { return false }
    return now - since < .seconds(5)
  }

  /// Whether the rule reads what no file shows: that is owed until a run has succeeded.
  private var isOpaque: Bool { observation.rule.isOpaque || state.record?.isOpaque == true }

  /// Whether a failed rule is left alone: nothing has changed since, and its time has not come.
  private func waits(_ failure: RuleState.Failure, at now: Timestamp) -> Bool {
    let wait = failure.nextTry - now
    // Longer than it ever was: the clock was set back.
    let isDue = wait <= .zero || wait > RuleState.Failure.delay(after: failure.count)
    return !isDue && isSameRule(failure.rule) && observation.hasSameInputs(as: failure.inputs)
  }

  /// Whether a hold still protects something: the product is there and sound, and neither the rule
  /// nor an input has changed.
  private func isInForce(_ hold: RuleState.Hold) -> Bool {
    switch observation.product {
    case .missing, .file(_, _, damage: .some): false
    default: isSameRule(hold.rule) && observation.hasSameInputs(as: hold.inputs)
    }
  }

  private func isSameRule(_ digest: ContentDigest?) -> Bool {
    digest == nil || digest == observation.ruleDigest
  }

  private var serviceIsOff: String? {
    switch observation.product {
    case .service(.down): "the service is down: it reads its files when it starts"
    case .service(.unsupervised(let reason)): "not supervised: \(reason)"
    default: nil
    }
  }

  /// Whether the product is gone that alone made its rule appear.
  private var isProductRemoved: Bool {
    observation.rule.presence == .whereProductExists && observation.product == .missing
  }

  private var unreadable: Verdict? {
    let inputs = observation.inputs.lazy.compactMap { key, evidence in
      if case .unreadable(let reason) = evidence { (key: key, reason: reason) } else { nil }
    }
    if let first = inputs.min(by: { $0.key < $1.key }) {
      return .unreadable(FilePath(first.key), first.reason)
    }
    if case .unusable(let reason) = observation.product {
      return .unreadable(observation.rule.product.path, reason)
    }
    return nil
  }

  /// Everything that speaks against freshness, and what freshness rests on when nothing does.
  private var evidence: ([Reason], Verdict.Basis) {
    switch observation.product {
    case .missing, .unusable: return ([.productMissing], .record)
    case .file(_, _, let damage?): return ([.productDamaged(damage)], .record)
    case .file(let stamp, let digest, nil): return fileEvidence(stamp, digest)
    case .service(.up(let pid, let since)): return serviceEvidence(pid, since)
    case .service: return ([], .start)
    }
  }
}

// MARK: - Files

extension Judge {
  private func fileEvidence(
    _ stamp: Stamp, _ digest: ContentDigest?
  ) -> ([Reason], Verdict.Basis) {
    guard let record = state.record else {
      // Dates say nothing while only the builder knows what it reads.
      let unknown: [Reason] = observation.rule.reportsInputs ? [.inputsUnknown] : []
      return (unknown + reasonsByDate(stamp), .dates(made: stamp.modified))
    }
    if record.rule != observation.ruleDigest { return ([.ruleChanged], .record) }
    guard isOurs(stamp, digest, record.product) else {
      // Somebody else has made it: it is fresh if it is clearly newer than all it is made from.
      let reasons = reasonsByDate(stamp)
      let isOlder = reasons.contains { if case .newer = $0 { true } else { false } }
      return (
        isOlder ? [.productReplaced(at: stamp.latest)] + reasons : reasons,
        .dates(made: stamp.modified)
      )
    }
    return (changes(since: record.inputs), record.adopted.map { .dates(made: $0) } ?? .record)
  }

  /// Whether the product is the recorded one; a new owner, mode or date alone does not count.
  private func isOurs(
    _ stamp: Stamp, _ digest: ContentDigest?, _ recorded: ProductEvidence
  ) -> Bool {
    guard case .file(let old, let oldDigest, _) = recorded else { return false }
    if stamp.hasSameContents(as: old) { return true }
    guard stamp.inode == old.inode, stamp.device == old.device, stamp.size == old.size else {
      return false
    }
    // Too large for a digest: it cannot be told, and dates decide.
    guard let digest, let oldDigest else { return false }
    return digest == oldDigest
  }

  /// The inputs that are newer than the product; if none is, the one that changed last, where the
  /// product may have been begun before.
  private func reasonsByDate(_ product: Stamp) -> [Reason] {
    let changes = observation.inputs.sorted { $0.key < $1.key }
      .compactMap { key, evidence in evidence.latest.map { (key: key, time: $0) } }
    let newer = changes.filter { $0.time >= product.modified }
    guard newer.isEmpty else {
      return newer.map { .newer(key: $0.key, at: $0.time, than: product.modified) }
    }
    let begun = min(product.modified, observation.productBegun ?? product.modified)
    guard let last = changes.max(by: { $0.time < $1.time }), begun - last.time < Self.dateMargin
    else { return [] }
    return [.undecided(key: last.key, at: last.time, product: product.modified)]
  }

  /// How much later than an input's last change a product must have been begun for that to say that
  /// it was made from that change.
  ///
  /// A program that was run by hand, or by vpopmail, may have read its source just before the
  /// change and written its product just after it, however long that took. The tools of qmail make
  /// their file as they open the source. One that makes it later, or a file system that keeps no
  /// time of birth, leaves this much for what goes before.
  static let dateMargin = Duration.seconds(2)

  private func changes(since recorded: [String: InputEvidence]) -> [Reason] {
    if observation.hasSameInputs(as: recorded) { return [] }
    // What was read in vain since the record was made is no input of the product.
    let others = state.unfinishedReport
    var changed: [(key: String, old: InputEvidence, new: InputEvidence)] = []
    for (key, new) in observation.inputs {
      guard let old = recorded[key] ?? (others.contains(key) ? nil : .absent) else { continue }
      if new.compared(to: old) == .different { changed.append((key, old, new)) }
    }
    for (key, old) in recorded where observation.inputs[key] == nil && old != .absent {
      changed.append((key, old, .absent))
    }
    return changed.sorted { $0.key < $1.key }.map { Self.reason($0.key, from: $0.old, to: $0.new) }
  }

  private static func reason(
    _ key: String, from old: InputEvidence, to new: InputEvidence
  ) -> Reason {
    if old == .absent { return .appeared(key: key) }
    if new == .absent { return .vanished(key: key) }
    return .changed(key: key, at: new.latest, lineChange(from: old, to: new))
  }

  private static func lineChange(
    from old: InputEvidence, to new: InputEvidence
  ) -> LineChange? {
    guard case .file(let before) = old, case .file(let after) = new,
      let oldText = before.contents, let newText = after.contents
    else { return nil }
    return LineChange(from: oldText, to: newText)
  }
}

// MARK: - Services

extension Judge {
  /// A service is fresh when each input is what it was at the last verified reading, or has not
  /// changed since the service started.
  private func serviceEvidence(_ pid: Int32, _ since: Timestamp) -> ([Reason], Verdict.Basis) {
    let record = state.record
    var isSameProcess = false
    if case .service(.up(let oldPid, let oldSince))? = record?.product {
      isSameProcess = oldPid == pid && oldSince == since
    }
    if isSameProcess, let record, record.rule != observation.ruleDigest,
      !observation.hasSameInputs(as: record.inputs)
    {
      return ([.ruleChanged], .record)
    }
    let lastRead = isSameProcess ? record?.time ?? since : since
    let keys = Set(observation.inputs.keys).union(
      isSameProcess ? record?.inputs.keys.map(\.self) ?? [] : [])
    let reasons = keys.sorted().compactMap { key -> Reason? in
      let new = observation.inputs[key] ?? .absent
      // A file's stamp lags behind the clock that supervise reads by up to a tick.
      if let latest = new.latest, latest + Stamp.tick < since { return nil }
      let old = record?.inputs[key]
      if isKnown(new, old, isSameProcess: isSameProcess) { return nil }
      let change = old.flatMap { Self.lineChange(from: $0, to: new) }
      return .unread(key: key, at: new.latest, change, lastRead: lastRead)
    }
    return (reasons, isSameProcess ? .record : .start)
  }

  /// Whether the running process has read the input in its present state.
  ///
  /// After a restart that we did not make, equal contents prove nothing: they may have been others
  /// in between, when the process started. Only an untouched file is sure.
  private func isKnown(
    _ new: InputEvidence, _ old: InputEvidence?, isSameProcess: Bool
  ) -> Bool {
    guard let old else { return new == .absent }
    switch new.compared(to: old) {
    case .untouched: return true
    case .sameContents: return isSameProcess
    case .different: return false
    }
  }
}
