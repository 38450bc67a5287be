package import SystemPackage
package import SystemSupport

/// Whether a product is what its inputs say it should be, and why.
package enum Verdict: Equatable, Sendable {
  /// What a verdict of freshness rests on.
  package enum Basis: Equatable, Sendable {
    /// Nothing differs from what was recorded at the last build.
    case record
    /// No run of ours made the product, but another program, when its date says; it is newer than
    /// its inputs, or was when it was found and nothing has changed since.
    case dates(made: Timestamp)
    /// The service has started since its inputs last changed.
    case start
  }

  case fresh(Basis)
  case stale([Reason])
  /// The last run failed, nothing has changed since, and the next try is not due.
  case failed(RuleState.Failure)
  /// An operator must decide.
  case held(RuleState.Hold)
  case missingInput(FilePath)
  case unreadable(FilePath, String)
  /// Nothing is to be done, for this reason.
  case off(String)
  /// The product of this rule, which is there only with its product, is gone: nothing is done but at
  /// an operator's word.
  case removed(String, hasPrevious: Bool)
}

extension Verdict {
  /// The state in one word, as it is shown and stored.
  package var word: String {
    switch self {
    case .fresh: "fresh"
    case .stale: "stale"
    case .failed: "failed"
    case .held: "held"
    case .missingInput: "missing input"
    case .unreadable: "unreadable"
    case .off, .removed: "off"
    }
  }

  /// Whether something has gone wrong or waits for somebody.
  package var isTrouble: Bool {
    switch self {
    case .fresh, .stale, .off, .removed: false
    case .failed, .held, .missingInput, .unreadable: true
    }
  }
}

/// One piece of evidence that a product is not up to date.
package enum Reason: Equatable, Sendable {
  /// An input's contents differ from the recorded ones.
  case changed(key: String, at: Timestamp?, LineChange?)
  /// An input is there that was not there at the last build.
  case appeared(key: String)
  /// An input of the last build is gone.
  case vanished(key: String)
  /// Without a record: the input is newer than the product.
  case newer(key: String, at: Timestamp, than: Timestamp)
  /// Without a record: the product was begun so soon after the input's change, or before it, that it
  /// may have been made from what was there before.
  case undecided(key: String, at: Timestamp, product: Timestamp)
  /// The service has not read its input since this change.
  case unread(key: String, at: Timestamp?, LineChange?, lastRead: Timestamp)
  case productMissing
  case productDamaged(String)
  /// The product is not the one that we made, and not newer than its inputs.
  case productReplaced(at: Timestamp)
  case ruleChanged
  /// The builder tells what it reads, and has not run yet.
  case inputsUnknown
  /// The last run failed, and what it reads no file shows.
  case owed
}

/// The lines by which a small text differs from its recorded contents.
package struct LineChange: Equatable, Sendable {
  package let added: [String]
  package let removed: [String]

  package init(added: [String], removed: [String]) {
    self.added = added
    self.removed = removed
  }

  /// Compares two texts line by line, without regard to the order of lines.
  package init(from old: String, to new: String) {
    let before = Self.lines(of: old)
    let after = Self.lines(of: new)
    added = Self.rest(of: after, without: before)
    removed = Self.rest(of: before, without: after)
  }

  /// Whether only the order of lines differs.
  package var isEmpty: Bool { added.isEmpty && removed.isEmpty }

  private static func lines(of text: String) -> [Substring] {
    text.utf8.split(separator: UInt8(ascii: "\n")).map { Substring($0) }
  }

  private static func rest(of lines: [Substring], without others: [Substring]) -> [String] {
    var counts = Dictionary(others.map { ($0, 1) }, uniquingKeysWith: +)
    return lines.compactMap { line in
      guard let count = counts[line], count > 0 else { return String(line) }
      counts[line] = count - 1
      return nil
    }
  }
}
