internal import SystemPackage
package import SystemSupport
internal import Updating

/// Numbers and times as the console writes them.
package enum Words {
  /// A whole number with a comma between the thousands.
  package static func count(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var result = ""
    while digits.count > 3 {
      result = "," + digits.suffix(3) + result
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + digits + result
  }

  /// A number with its noun, in the singular where that is right.
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// An age in its two largest units, down to minutes, so that it seldom changes.
  package static func age(_ duration: Duration) -> String {
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
        .unread(let key, _, _, _):
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
      case .newer(_, let time, _): time
      default: nil
      }
    }.max()
  }

  /// What the product is made from, or what stands against it, in one line.
  package func origin(_ state: ConsoleState) -> String {
    let wording = Wording(state.facts.settings, now: state.now, zone: state.zone)
    switch verdict {
    case _ where isBuilding: return self.state.running.map { "by \($0.by)" } ?? ""
    case .fresh: return inputNames(state).joined(separator: " ")
    case .stale(let reasons):
      guard let first = reasons.first else { return "" }
      let more = reasons.count > 1 ? " (+\(reasons.count - 1) more)" : ""
      return short(first, wording) + more
    case .held(let hold):
      guard hold.cause == .loss, let records = hold.records else { return wording.words(hold) }
      return "would lose \(Words.count(records.removed)) of \(Words.count(records.before))"
    case .failed(let failure): return failure.message
    case .missingInput, .unreadable, .off: return wording.reasons(for: verdict).first ?? ""
    }
  }

  private func short(_ reason: Reason, _ wording: Wording) -> String {
    let words = wording.words(reason)
    return words.hasPrefix("control/") ? String(words.dropFirst(8)) : words
  }

  /// The inputs that are there, by name.
  private func inputNames(_ state: ConsoleState) -> [String] {
    rule.inputs.map(\.path.string).filter { observation.inputs[$0] != .absent }
      .map { Words.inputName($0, state) }
  }

  /// The records before and after the last change, or how many there are.
  package var recordWords: String {
    if case .held(let hold) = verdict, let records = hold.records {
      return "\(Words.count(records.before)) → \(Words.count(records.after))"
    }
    guard let records = self.state.runs.first(where: { $0.records != nil && $0.result != .held })?
      .records
    else { return "" }
    return Words.count(records.after)
  }

  /// How the last run changed the records.
  package var recordChange: String {
    guard let records = lastRun?.records else { return "" }
    let parts = [("+", records.added), ("−", records.removed), ("~", records.changed)]
    return parts.filter { $0.1 > 0 }.map { $0.0 + Words.count($0.1) }.joined(separator: " ")
  }
}
