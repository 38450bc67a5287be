package import SystemPackage
internal import SystemSupport

/// Why mail for an address is taken or refused: by the .cdb in use, and by the files as they are
/// now.
package struct RecipientExplanation: Equatable, Sendable {
  /// A key that qmail-smtpd tries.
  package struct Step: Equatable, Sendable {
    /// The key, in small letters.
    package let key: [UInt8]
    /// Whether a record has the key, and what it says; nil when none has.
    package let hit: Hit?
  }

  /// A record that was found.
  package struct Hit: Equatable, Sendable {
    package let value: [UInt8]
    /// Where it comes from; nil for a record of the .cdb, which does not tell.
    package let origin: RecipientOrigin?

    /// Whether the value lets mail in; those that are neither empty nor begin with `-` are reserved,
    /// and do.
    package var isAccepting: Bool { value.first != RecipientList.refusing.first }
  }

  /// Whether mail for a domain is taken at all.
  package enum DomainAnswer: Equatable, Sendable {
    /// It is, and here it is told.
    case taken(RecipientOrigin)
    case notTaken
    /// The files that would tell cannot be read.
    case unknown
  }

  /// What one of the two lists says.
  package enum Answer: Equatable, Sendable {
    /// The keys that were tried, up to the first hit.
    case steps([Step])
    /// There is no list to ask.
    case missing
    /// It cannot be asked, and why.
    case unavailable(String)
  }

  /// The address as it was asked for.
  package let address: [UInt8]
  /// Whether mail for the domain is taken at all.
  package let domain: DomainAnswer
  /// The .cdb in use.
  package let database: FilePath
  /// What the .cdb in use says.
  package let inUse: Answer
  /// What a list made now would say.
  package let fresh: Answer
  /// Why the fresh list has no record; nil when it has one.
  package let absence: String?
  /// What keeps a new list from being written at all, in lines that are safe to show.
  package let obstacles: [String]
}

extension RecipientExplanation.Answer {
  /// Whether mail is taken; nil when there is nothing to ask, or it cannot be asked.
  package var isAccepting: Bool? {
    guard case .steps(let steps) = self else { return nil }
    return steps.last?.hit?.isAccepting ?? false
  }

  /// The record that decides: its key and its value, both empty when there is none.
  fileprivate var record: (key: [UInt8], value: [UInt8])? {
    guard case .steps(let steps) = self else { return nil }
    guard let last = steps.last, let hit = last.hit else { return ([], []) }
    return (last.key, hit.value)
  }
}

extension RecipientExplanation {
  /// Whether qmail-smtpd takes mail for the address: by the .cdb in use or, without one, by the
  /// fresh list; nil when it cannot be asked: qmail-smtpd then turns everybody away.
  package var isAccepted: Bool? {
    switch domain {
    case .taken: inUse == .missing ? fresh.isAccepting : inUse.isAccepting
    case .notTaken: false
    case .unknown: nil
    }
  }

  /// Whether another record decides in the .cdb in use than in the fresh list, or one has another
  /// value there.
  package var isOutdated: Bool {
    guard let old = inUse.record, let new = fresh.record else { return false }
    return old != new
  }

  /// The explanation in lines that are safe to show.
  package var lines: [String] {
    let name = VisibleText.escape(address)
    let verdict = isAccepted.map { $0 ? "accepted" : "refused" } ?? "nobody can tell"
    var lines = ["\(name): \(verdict)", domainLine, "in use: \(database.visible)"]
    lines += Self.lines(inUse)
    lines.append("fresh list:")
    lines += Self.lines(fresh)
    if let absence { lines.append("  no record: \(absence)") }
    if isOutdated {
      let adverb = fresh.isAccepting == inUse.isAccepting ? " too, for another reason" : ""
      let word = fresh.isAccepting == true ? "accepts" : "refuses"
      lines.append("they differ: a new list \(word) it\(adverb)")
    }
    return lines + obstacles.map { "no new list can be written: \($0)" }
  }

  private var domainLine: String {
    switch domain {
    case .taken(let origin): "mail for the domain is taken: \(origin)"
    case .notTaken:
      "mail for the domain is not taken: neither rcpthosts nor morercpthosts.cdb names it"
    case .unknown: "nobody can tell whether mail for the domain is taken"
    }
  }

  private static func lines(_ answer: Answer) -> [String] {
    switch answer {
    case .missing: return ["  there is no such file"]
    case .unavailable(let reason): return ["  \(reason)"]
    case .steps(let steps):
      return steps.map { step in
        let key = "  \(VisibleText.escape(step.key)): "
        guard let hit = step.hit else { return key + "miss" }
        let origin = hit.origin.map { ", from \($0)" } ?? ""
        let isPlain = hit.value.isEmpty || hit.value == RecipientList.refusing
        let value = isPlain ? "" : ", value \(VisibleText.escape(hit.value))"
        return key + "hit, " + (hit.isAccepting ? "accepted" : "refused") + value + origin
      }
    }
  }
}
