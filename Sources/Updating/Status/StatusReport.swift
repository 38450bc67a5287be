internal import FoundationEssentials
internal import SystemPackage
internal import SystemSupport
internal import QmailFiles

/// The state of all rules as data, for other programs: JSON with UTC times and a version.
package struct StatusReport: Encodable {
  /// The version of this form; it grows when a field changes its meaning or goes.
  package static let version = 1

  private let version = StatusReport.version
  private let time: String
  private let root: String
  private let lock: Holder?
  private let rules: [Entry]

  /// Makes the report of a survey.
  package init(_ survey: StatusSurvey, _ settings: Settings) {
    time = survey.time.rfc3339
    root = settings.layout.root.directory.string
    lock = survey.lockHolder.map { Holder($0) }
    rules = survey.rules.map { Entry($0, settings, at: survey.time) }
  }

  /// The report as JSON text, one object, ended by a newline.
  ///
  /// - Throws: Never for any survey; JSON's encoder can in principle.
  package func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}

extension StatusReport {
  private struct Holder: Encodable {
    let pid: Int32?
    let program: String
    let since: String?
    let processStarted: String?

    init(_ holder: FileLock.Holder) {
      pid = holder == .unknown ? nil : holder.pid
      program = holder.program
      since = holder.since?.rfc3339
      processStarted = holder.processStarted?.rfc3339
    }
  }

  private struct Entry: Encodable {
    let name: String
    let state: String
    let reasons: [String]
    let product: String
    let kind: String
    let action: String
    let inputs: [InputEntry]
    let running: RunningEntry?
    let lastSuccess: String?
    let nextTry: String?
    let failures: Int
    let held: HoldEntry?
    let canRollBack: Bool
    let runs: [Run]

    init(_ status: RuleStatus, _ settings: Settings, at now: Timestamp) {
      name = status.rule.name
      state = status.word
      reasons = status.reasons
      product = settings.layout.root.inside(status.rule.product.path).visible
      kind = status.rule.isService ? "service" : "file"
      action = status.rule.typedAction
      inputs = status.observation.inputs.sorted { $0.key < $1.key }.map {
        InputEntry($0.key, $0.value, recorded: status.state.record?.inputs[$0.key], settings)
      }
      running = status.running.map { RunningEntry($0, at: now) }
      lastSuccess = status.state.record?.time.rfc3339
      nextTry = status.state.failure?.nextTry.rfc3339
      failures = status.state.failure?.count ?? 0
      held = status.state.hold.map { HoldEntry($0) }
      canRollBack = status.state.hasPrevious
      runs = status.state.runs.map { Run($0) }
    }
  }

  private struct InputEntry: Encodable {
    let path: String
    let state: String
    let size: Int64?
    let changed: String?
    let differs: Bool?

    init(
      _ key: String, _ evidence: InputEvidence, recorded: InputEvidence?, _ settings: Settings
    ) {
      path = settings.layout.root.inside(FilePath(key)).visible
      changed = evidence.latest?.rfc3339
      differs = recorded.map { evidence.compared(to: $0) == .different }
      switch evidence {
      case .absent: (state, size) = ("absent", nil)
      case .file(let file): (state, size) = ("file", file.stamp.size)
      case .listing: (state, size) = ("directory", nil)
      case .unreadable(let reason): (state, size) = ("unreadable: \(reason)", nil)
      }
    }
  }

  private struct RunningEntry: Encodable {
    let by: String
    let since: String
    let progress: ProgressEntry?

    init(_ running: RuleState.Running, at now: Timestamp) {
      by = running.by
      since = running.since.rfc3339
      progress = running.progress.map { ProgressEntry($0, at: now) }
    }
  }

  private struct ProgressEntry: Encodable {
    let done: Int
    let total: Int
    let unit: String
    let percent: Int
    let perSecond: Double?
    let secondsLeft: Double?

    init(_ published: PublishedProgress, at now: Timestamp) {
      done = published.progress.done
      total = published.progress.total
      unit = published.progress.unit
      percent = ProgressFigures(published, at: now).percent
      perSecond = published.rate
      secondsLeft = published.secondsLeft(at: now)
    }
  }

  private struct HoldEntry: Encodable {
    let cause: String
    let since: String
    let records: RecordCounts?
    let losing: [String]

    init(_ hold: RuleState.Hold) {
      cause = hold.cause.rawValue
      since = hold.since.rfc3339
      records = hold.records
      losing = hold.losing
    }
  }

  private struct Run: Encodable {
    let result: String
    let by: String
    let why: [String]
    let began: String
    let seconds: Double?
    let command: String
    let ending: String
    let output: [String]
    let records: RecordCounts?
    let summary: String

    init(_ report: RunReport) {
      result = report.result.rawValue
      by = report.by
      why = report.why
      began = report.began.rfc3339
      seconds = report.isOurs ? Double(report.duration) / 1e9 : nil
      command = report.command
      ending = report.ending
      output = report.output
      records = report.records
      summary = report.summary
    }
  }
}
