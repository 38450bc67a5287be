package import SystemPackage
package import SystemSupport

/// All that is remembered of a rule between passes, and across restarts.
package struct RuleState: Equatable, Sendable, Codable {
  /// The version of the form in which the state is stored.
  package static let currentVersion = 1

  package var version = RuleState.currentVersion
  package var rule: String
  /// The key of the digests in this state.
  package var key: ContentDigest.Key
  /// The last verdict, as it was then: the state in one word, and its reasons.
  package var state = ""
  package var reasons: [String] = []
  /// When that verdict was given.
  package var judged: Timestamp?
  /// What the log was last told of the rule.
  package var announced: String?
  package var record: BuildRecord?
  package var failure: Failure?
  package var hold: Hold?
  /// The run that goes on now; of no meaning once the lock is free.
  package var running: Running?
  /// The last runs, the latest first.
  package var runs: [RunReport] = []
  /// Whether a previous product is kept.
  package var hasPrevious = false
  /// Set when there may be a state that we have no right to read: then this one says nothing.
  package var notRead: NotRead?

  package init(rule: String, key: ContentDigest.Key = .random) {
    self.rule = rule
    self.key = key
  }
}

extension RuleState {
  /// A state file that its reader may not read.
  package struct NotRead: Equatable, Sendable, Codable {
    package let path: FilePath
    package let reason: String

    package init(_ path: FilePath, _ reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  /// Why a rule's last run failed, and when it is tried again.
  package struct Failure: Equatable, Sendable, Codable {
    package var message: String
    /// How many runs in a row have failed.
    package var count: Int
    package var since: Timestamp
    package var nextTry: Timestamp
    /// The inputs of the failed run: when they change it is tried at once.
    package var inputs: [String: InputEvidence]
    /// Paths among the inputs that only the failed builder's own report named.
    package var reported: [String]
    /// The digest of the rule that failed: a changed rule is tried at once.
    package var rule: ContentDigest?

    package init(
      message: String, count: Int, since: Timestamp, nextTry: Timestamp,
      inputs: [String: InputEvidence], reported: [String] = []
    ) {
      self.message = message
      self.count = count
      self.since = since
      self.nextTry = nextTry
      self.inputs = inputs
      self.reported = reported
    }

    /// When it was tried last.
    package var last: Timestamp { nextTry + (.zero - Self.delay(after: count)) }

    /// How long to wait after so many failures: 5 s, 30 s, then 5 minutes each time.
    package static func delay(after count: Int) -> Duration {
      switch count {
      case ...1: .seconds(5)
      case 2: .seconds(30)
      default: .seconds(300)
      }
    }
  }

  /// Why a rule waits for an operator.
  package struct Hold: Equatable, Sendable, Codable {
    package enum Cause: String, Equatable, Sendable, Codable {
      /// The new product would lose too many records.
      case loss
      /// An operator put the previous product back.
      case rollback
    }

    package var cause: Cause
    package var records: RecordCounts?
    /// Some of the keys that would go, made safe to show.
    package var losing: [String]
    package var since: Timestamp
    /// The inputs at that time: when they change, the rule is looked at afresh.
    package var inputs: [String: InputEvidence]
    /// The digest of the rule at that time: a changed rule is looked at afresh.
    package var rule: ContentDigest?
    /// What the builder reported to have read.
    package var reported: [String]?

    package init(
      cause: Cause, records: RecordCounts?, losing: [String], since: Timestamp,
      inputs: [String: InputEvidence]
    ) {
      self.cause = cause
      self.records = records
      self.losing = losing
      self.since = since
      self.inputs = inputs
    }
  }

  /// Who is running a rule now.
  package struct Running: Equatable, Sendable, Codable {
    package var by: String
    package var pid: Int32
    package var since: Timestamp
    package var why: [String]
    /// How far it is; never stored with the rest, since it changes too often.
    package var progress: PublishedProgress?

    package init(by: String, pid: Int32, since: Timestamp, why: [String]) {
      self.by = by
      self.pid = pid
      self.since = since
      self.why = why
    }
  }

  /// What was reported by the last builder that gave no product; none when the last one gave one.
  var unfinishedReport: [String] {
    let failed = failure?.reported ?? []
    return failed.isEmpty ? hold?.reported ?? [] : failed
  }

  /// The inputs that builders have reported, in the last success or since then in vain.
  package var reportedInputs: [String] {
    let (done, tried) = (record?.reported ?? [], unfinishedReport)
    return done.isEmpty && tried.isEmpty ? [] : Set(done).union(tried).sorted()
  }

  /// Puts a report at the front, and forgets the oldest beyond ten.
  package mutating func add(_ report: RunReport) {
    runs.insert(report, at: 0)
    if runs.count > 10 { runs.removeLast(runs.count - 10) }
  }
}
