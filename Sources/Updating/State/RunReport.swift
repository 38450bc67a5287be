package import SystemSupport

/// One run of a rule's action, as it is told afterwards.
package struct RunReport: Equatable, Sendable, Codable {
  /// How a run ended.
  package enum Result: String, Equatable, Sendable, Codable {
    /// A new product is in place.
    case built
    /// The builder made what is there already.
    case unchanged
    case reloaded
    case restarted
    case failed
    /// The new product would lose too much, or an operator rolled it back.
    case held
    case rolledBack
    /// Made by another program, and taken as fresh by its date.
    case adopted
  }

  package var result: Result
  /// The program that ran it, with its pid and the operator if there is one.
  package var by: String
  package var why: [String]
  package var began: Timestamp
  /// How long it took, in nanoseconds; see `isOurs`.
  package var duration: Int64
  /// What was run, as a person would type it.
  package var command: String
  /// How the program ended, such as `exit 111`; empty for our own builders.
  package var ending: String
  /// The program's own words, made safe to show, bounded.
  package var output: [String]
  package var records: RecordCounts?
  /// One line that says what came of it.
  package var summary: String

  package init(
    result: Result, by: String, why: [String], began: Timestamp, duration: Int64,
    command: String = "", ending: String = "", output: [String] = [],
    records: RecordCounts? = nil, summary: String
  ) {
    self.result = result
    self.by = by
    self.why = why
    self.began = began
    self.duration = duration
    self.command = command
    self.ending = ending
    self.output = output
    self.records = records
    self.summary = summary
  }
}

extension RunReport {
  /// Whether a run of ours is told of; of another program's nothing but its end is known.
  package var isOurs: Bool { result != .adopted }

  /// Tells of a product that another program made, when its date says.
  static func adoption(_ made: Timestamp) -> RunReport {
    RunReport(
      result: .adopted, by: "another program", why: [], began: made, duration: 0,
      summary: "fresh by date")
  }
}

/// How the records of a .cdb changed.
package struct RecordCounts: Equatable, Sendable, Codable {
  package var before: Int
  package var after: Int
  package var added: Int
  package var removed: Int
  package var changed: Int

  package init(before: Int, after: Int, added: Int, removed: Int, changed: Int) {
    self.before = before
    self.after = after
    self.added = added
    self.removed = removed
    self.changed = changed
  }
}

extension RecordCounts: CustomStringConvertible {
  package var description: String {
    "\(before) -> \(after) records (+\(added) -\(removed) ~\(changed))"
  }
}
