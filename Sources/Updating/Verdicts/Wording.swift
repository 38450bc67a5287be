internal import SystemPackage
package import SystemSupport

/// Says verdicts and reasons in words, one line each, safe to show.
package struct Wording: Sendable {
  private let settings: Settings
  private let now: Timestamp
  private let zone: Timestamp.Zone

  package init(_ settings: Settings, now: Timestamp, zone: Timestamp.Zone = .local) {
    self.settings = settings
    self.now = now
    self.zone = zone
  }

  /// The reasons behind a verdict, each a line.
  package func reasons(for verdict: Verdict) -> [String] {
    switch verdict {
    case .fresh(.record): []
    case .fresh(.dates(let made)): ["by date: made by another program \(clock(made))"]
    case .fresh(.start): ["started since its files changed"]
    case .stale(let reasons): reasons.map(words)
    case .failed(let failure):
      [failure.message, "try \(failure.count + 1) at \(clock(failure.nextTry))"]
    case .held(let hold): [words(hold)]
    case .missingInput(let path): ["\(name(path.string)) is not there"]
    case .unreadable(let path, let reason): ["\(name(path.string)): \(reason)"]
    case .off(let reason): [reason]
    case .removed(let rule, let hasPrevious): [removed(rule, hasPrevious)]
    }
  }

  /// One reason in words.
  package func words(_ reason: Reason) -> String {
    switch reason {
    case .changed(let key, let time, let change):
      "\(name(key)) changed" + (time.map { " " + clock($0) } ?? "") + words(change)
    case .appeared(let key): "\(name(key)) is new"
    case .vanished(let key): "\(name(key)) is gone"
    case .newer(let key, let time, let product):
      "\(name(key)) (\(clock(time))) is not older than the product (\(clock(product)))"
    case .undecided(let key, let time, let product):
      "made by another program until \(clock(product)), perhaps from what \(name(key)) held before "
        + "its change \(clock(time))"
    case .unread(let key, let time, let change, let lastRead):
      (time == nil ? "\(name(key)) is gone" : "\(name(key)) changed")
        + (time.map { " " + clock($0) } ?? "") + words(change) + "; last read \(clock(lastRead))"
    case .productMissing: "the product is not there"
    case .productDamaged(let damage): "the product is damaged: \(damage)"
    case .productReplaced(let time):
      "the product was replaced \(clock(time)), and not from these inputs"
    case .ruleChanged: "the rule has changed"
    case .inputsUnknown: "what it is made from is not known before its first build"
    case .owed: "its last run failed"
    }
  }

  /// What an operator can do about a product that was removed.
  private func removed(_ rule: String, _ hasPrevious: Bool) -> String {
    let force = "\(settings.forceByHand(rule)) makes it anew"
    let rollback = "\(settings.rollbackByHand(rule)) brings the previous one back, "
    return "its product was removed; " + (hasPrevious ? rollback : "") + force
  }

  /// What a hold waits for, in words.
  package func words(_ hold: RuleState.Hold) -> String {
    switch hold.cause {
    case .loss:
      "would lose \(hold.records?.removed ?? 0) of \(hold.records?.before ?? 0) records, such as "
        + hold.losing.prefix(3).joined(separator: " ")
    case .rollback: "rolled back \(clock(hold.since)) until forced or its inputs change"
    }
  }

  /// The name of an input by its key.
  package func name(_ key: String) -> String {
    let shown = settings.displayName(FilePath(key))
    return key.hasSuffix("/") && key != "/" ? shown + "/" : shown
  }

  /// A time as people near it say it.
  package func clock(_ time: Timestamp) -> String { time.brief(relativeTo: now, zone: zone) }

  private func words(_ change: LineChange?) -> String {
    guard let change, !change.isEmpty else { return "" }
    let marks = change.added.map { "+" + $0 } + change.removed.map { "-" + $0 }
    let shown = marks.prefix(3).map { VisibleText.escape(Self.shortened($0)) }
    let more = marks.count > 3 ? " (and \(marks.count - 3) more lines)" : ""
    return ": " + shown.joined(separator: " ") + more
  }

  private static func shortened(_ line: String) -> String {
    line.count <= 60 ? line : line.prefix(57) + "..."
  }
}
