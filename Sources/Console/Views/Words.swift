internal import SystemPackage
package import SystemSupport
package import Updating

/// Numbers and times as the console writes them.
package enum Words {
  /// A whole number with a comma between the thousands.
  package static func count(_ number: Int) -> String { number.grouped }

  /// A number with its noun, in the singular where that is right.
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// An age in its two largest units, down to minutes, so that it seldom changes.
  package static func age(_ duration: Duration) -> String {
    // What lies ahead was stamped by a clock that was wrong then, or is now.
    if duration < .seconds(-60) { return "? (in the future)" }
    let minutes = max(0, Int(duration.seconds) / 60)
    switch minutes {
    case 0: return "< 1 min"
    case ..<60: return "\(minutes) min"
    case ..<1440: return "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
    default:
      let days = minutes / 1440
      let hours = minutes % 1440 / 60
      // Nothing runs longer than its machine: such a stamp is wrong, and is said to be.
      if days > 20 * 365 { return "? (impossible age)" }
      return "\(days) d" + (hours == 0 || days > 99 ? "" : " \(hours) h")
    }
  }

  /// An age in its largest unit.
  package static func briefAge(_ duration: Duration) -> String {
    let minutes = max(0, Int(duration.seconds) / 60)
    return switch minutes {
    case 60..<1440: "\(minutes / 60) h"
    case 1440..<(20 * 365 * 1440): "\(minutes / 1440) d"
    default: age(duration)
    }
  }

  /// How long a run took, where that is known.
  package static func took(_ run: RunReport) -> String {
    run.isOurs ? took(run.duration) : ""
  }

  /// How long something took.
  package static func took(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1_000_000: "\(max(0, nanoseconds) / 1000) us"
    case ..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
    case ..<60_000_000_000:
      "\(nanoseconds / 1_000_000_000).\(nanoseconds / 100_000_000 % 10) s"
    default: "\(nanoseconds / 60_000_000_000) min \(nanoseconds / 1_000_000_000 % 60) s"
    }
  }

  /// A size in bytes, exact.
  package static func size(_ bytes: Int64) -> String { count(Int(bytes)) }

  /// A moment: the clock today, the weekday this week, else the date.
  package static func moment(_ time: Timestamp, _ state: ConsoleState) -> String {
    time.brief(relativeTo: state.now, zone: state.zone)
  }

  /// The name of an input: without qmail's own directories, which everybody knows.
  package static func inputName(_ key: String, _ state: ConsoleState) -> String {
    let name = Wording(state.facts.settings, now: state.now, zone: state.zone).name(key)
    return name.hasPrefix("control/") ? String(name.dropFirst(8)) : name
  }
}

extension Product {
  /// The keys of the inputs that count against freshness.
  package var changedKeys: [String] {
    guard case .stale(let reasons) = verdict else { return [] }
    return reasons.compactMap { reason in
      switch reason {
      case .changed(let key, _, _), .appeared(let key), .vanished(let key), .newer(let key, _, _),
        .undecided(let key, _, _), .unread(let key, _, _, _):
        key
      default: nil
      }
    }
  }

  /// When the latest of the changes happened that made it stale.
  package var changedAt: Timestamp? {
    guard case .stale(let reasons) = verdict else { return nil }
    return reasons.compactMap { reason in
      switch reason {
      case .changed(_, let time, _), .unread(_, let time, _, _): time
      case .newer(_, let time, _), .undecided(_, let time, _): time
      default: nil
      }
    }.max()
  }

  /// What the product is made from, or what stands against it, in one line: the longest wording
  /// that fits into the columns.
  package func origin(_ state: ConsoleState, columns: Int) -> String {
    let wordings = origins(state)
    let fitting = wordings.first { TextWidth.of($0) <= columns }
    // Where there is much room, the start of the whole story says more than a short one.
    if columns >= 60, TextWidth.of(fitting ?? "") * 2 < columns, let whole = wordings.first {
      return TextFitting.fit(whole, columns)
    }
    return fitting ?? TextFitting.fit(wordings.last ?? "", columns)
  }

  /// The wordings, the longest first.
  private func origins(_ state: ConsoleState) -> [String] {
    let wording = Wording(state.facts.settings, now: state.now, zone: state.zone)
    switch verdict {
    case _ where isBuilding: return self.state.running.map { ["by \($0.by)"] } ?? []
    case .fresh: return Self.lists(of: inputNames(state))
    case .stale(let reasons): return staleWordings(reasons, wording, state)
    case .held(let hold):
      guard hold.cause == .loss, let records = hold.records else { return [wording.words(hold)] }
      let lost = Words.count(records.removed)
      return ["would lose \(lost) of \(Words.count(records.before))", "would lose \(lost)"]
    case .failed(let failure):
      let next = "next try \(wording.clock(failure.nextTry))"
      let ending = lastRun?.result == .failed ? lastRun?.ending ?? "" : ""
      return ["\(failure.message); \(next)"]
        + (ending.isEmpty ? [] : ["\(ending), \(next)"]) + [next]
    case .missingInput, .unreadable, .off, .removed:
      return [wording.reasons(for: verdict).first ?? ""]
    }
  }

  private func staleWordings(
    _ reasons: [Reason], _ wording: Wording, _ state: ConsoleState
  ) -> [String] {
    guard let first = reasons.first else { return [] }
    let more = reasons.count > 1 ? " (+\(reasons.count - 1) more)" : ""
    var full = wording.words(first)
    if full.hasPrefix("control/") { full.removeFirst(8) }
    guard let key = changedKeys.first else { return [full + more, full] }
    let name = Words.inputName(key, state)
    let time = changedAt.map { " " + wording.clock($0) } ?? ""
    return [full + more, full, "\(name) changed\(time)\(more)", "\(name)\(time)", name]
  }

  /// A list of names, and ever shorter ones that tell how many are left out.
  private static func lists(of names: [String]) -> [String] {
    [names.joined(separator: " ")]
      + (1..<max(1, names.count)).reversed().map { count in
        names[..<count].joined(separator: " ") + " +\(names.count - count)"
      }
  }

  /// The inputs that are there, by name: each once, though a rule may name one for two reasons.
  private func inputNames(_ state: ConsoleState) -> [String] {
    var names: [String] = []
    for input in rule.inputs where isRead(input) {
      let name = Words.inputName(input.path.string, state)
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Whether an input is there and in force, as the survey saw it.
  private func isRead(_ input: Input) -> Bool {
    switch input.kind {
    case .file: observation.inputs[input.path.string].map { $0 != .absent } ?? false
    case .listing: observation.inputs[input.path.string + "/"].map { $0 != .absent } ?? false
    // A pattern that matches nothing is noted as an absent name in its directory.
    case .glob: observation.inputs[input.path.removingLastComponent().string + "/?"] == nil
    }
  }

  /// The records before and after the last change, or how many there are.
  package func recordWords(isWide: Bool) -> String {
    if case .held(let hold) = verdict, hold.cause == .loss, let records = hold.records {
      guard isWide else { return Words.count(records.before) }
      return "\(Words.count(records.before)) → \(Words.count(records.after))"
    }
    // Nobody has counted what another program has made since.
    let known = self.state.runs.prefix { $0.isOurs }
    guard let run = known.first(where: { $0.records != nil && $0.result != .held }) else {
      return ""
    }
    return Words.count(run.records?.after ?? 0)
  }

  /// How the last run changed the records, or would have while its product is held.
  package var recordChange: String {
    guard let run = lastRun, let records = run.records, run.result != .held || status == .held
    else { return "" }
    let parts = [("+", records.added), ("−", records.removed), ("~", records.changed)]
    return parts.filter { $0.1 > 0 }.map { $0.0 + Words.count($0.1) }.joined(separator: " ")
  }
}
