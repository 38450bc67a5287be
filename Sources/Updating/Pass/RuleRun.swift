internal import SystemPackage
package import SystemSupport

/// What came of one run of a rule's action, before it is recorded.
struct RunOutcome {
  var result: RunReport.Result
  /// One line for the log and the report.
  var summary: String
  /// How the program ended, empty for our own builders.
  var ending = ""
  /// The program's own words, safe to show.
  var output: [String] = []
  var command = ""
  var records: RecordCounts?
  /// Keys that differ, marked `-`, `~` or `+`.
  var samples: [String] = []
  /// The inputs that the builder has reported, by their keys; nil when it does not report.
  var reported: [String]?
  /// The builder said that it read what no file shows.
  var isOpaque = false
  /// Whether nothing but the run itself has changed the names in the product's directory.
  var wasUndisturbed = false
  /// Whether the previous product was put aside.
  var keptPrevious = false

  static func failed(
    _ summary: String, ending: String = "", output: [String] = [], command: String = ""
  ) -> RunOutcome {
    RunOutcome(
      result: .failed, summary: summary, ending: ending, output: output, command: command)
  }
}

/// What passes and their runs need to know of the world around them.
package final class PassEnvironment {
  package let settings: Settings
  package let store: StateStore
  let catalogue: CatalogueMemory
  package let loop: EventLoop
  package let journal: Journal
  /// Who runs rules here, such as `pipe-watcher` or `update-qmail`.
  package let program: String
  /// The operator behind it, from the environment; nil for the service itself.
  package let operatorName: String?
  /// The program, its process number and the operator, as reports name them.
  let identity: String
  /// The lock under which rules run; nil between passes.
  ///
  /// Builders share it, so that one that outlives us still keeps others from starting.
  var lock: FileLock?

  package init(
    settings: Settings, store: StateStore, loop: EventLoop, journal: Journal, program: String,
    operatorName: String? = nil
  ) {
    self.settings = settings
    catalogue = CatalogueMemory(settings)
    self.store = store
    self.loop = loop
    self.journal = journal
    self.program = program
    self.operatorName = operatorName
    let who = operatorName.map { " for \(VisibleText.escape($0))" } ?? ""
    identity = "\(program) (pid \(ownProcessNumber()))\(who)"
  }
}

/// A run that goes on, and can be stopped.
protocol RuleRun: AnyObject {
  /// Begins; the completion is called on the loop, or at once.
  func start()
  /// Asks the run to end soon; its completion is still called.
  func stop()
}
