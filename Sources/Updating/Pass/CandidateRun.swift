internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// Makes a product as a candidate beside the old one, inspects it, and moves it into place.
///
/// The old product stays until the new one has proved sound; when too much would be lost it stays
/// until an operator says otherwise.
final class CandidateRun: RuleRun {
  private let rule: Rule
  private let environment: PassEnvironment
  private let product: FilePath
  private let isDatabase: Bool
  private let isForced: Bool
  private let mayReplace: () -> Bool
  private let completion: (RunOutcome) -> Void
  private var candidate: Candidate?
  private var child: ChildProcess?
  private var isStopped = false
  private var outcome = RunOutcome(result: .failed, summary: "")

  /// Files up to this many bytes are built and inspected within the process itself.
  private static let smallSize: Int64 = 256 << 10

  init(
    _ rule: Rule, product: FilePath, isDatabase: Bool, isForced: Bool,
    in environment: PassEnvironment, mayReplace: @escaping () -> Bool,
    _ completion: @escaping (RunOutcome) -> Void
  ) {
    self.rule = rule
    self.product = product
    self.isDatabase = isDatabase
    self.isForced = isForced
    self.environment = environment
    self.mayReplace = mayReplace
    self.completion = completion
  }

  /// Starts; the completion is called on the loop, or at once.
  func start() {
    do {
      let user = try RuleUser.of(rule, in: environment.settings.layout)
      let candidate = try Candidate(
        for: rule.productPlace, isPrivate: rule.isSecret || rule.reportsInputs, owner: user)
      self.candidate = candidate
      switch rule.action {
      case .build(let builder): try build(builder, into: candidate)
      case .command(let command): try run(command, as: user, into: candidate)
      case .reload, .restart: finish(.failed("a file cannot be \(rule.action)"))
      }
    } catch {
      finish(.failed("\(error)"))
    }
  }

  func stop() {
    isStopped = true
    child?.stop()
  }

  private func finish(_ outcome: RunOutcome) {
    var outcome = outcome
    if let candidate {
      outcome.summary = candidate.named(outcome.summary)
      outcome.output = outcome.output.map(candidate.named)
    }
    candidate?.remove()
    candidate = nil
    child = nil
    completion(outcome)
  }
}

// MARK: - Building

extension CandidateRun {
  private func build(_ builder: Builder, into candidate: Candidate) throws {
    guard let source = rule.inputs.first?.path else {
      return finish(.failed("the rule has no input"))
    }
    outcome.command = "our own builder of \(rule.name)"
    let size = try max(FileStatus.of(source)?.size ?? 0, FileStatus.of(product)?.size ?? 0)
    if isDatabase, size <= Self.smallSize {
      let file = try candidate.create()
      try OwnBuilder(builder).build(source, into: file, named: candidate.path)
      return inspect { try Inspection(of: file, named: candidate.path, replacing: product) }
    }
    let path = candidate.path
    child = try environment.loop.fork(timeout: rule.timeout) {
      try OwnBuilder(builder).build(source, into: path)
      return []
    } _: { [self] result in
      child = nil
      if result.isSuccess { return inspect() }
      finish(failure(of: result, "the builder"))
    }
  }

  private func run(
    _ command: BuildCommand, as user: RuleUser?, into candidate: Candidate
  ) throws {
    let program = command.arguments.first ?? ""
    // Without it the program does what it did the first time, which is what an operator forces.
    let memory =
      !isForced && command.mentions(BuildCommand.memory)
      ? try? environment.store.prepareMemory(of: rule.name, owner: user) : nil
    let started = command.command(
      as: user, into: candidate, memory: memory, environment.settings)
    child = try environment.start(started, of: rule) { [self] result in
      child = nil
      outcome.command = Command(command.arguments, standardInput: command.standardInput).typed
      outcome.ending = result.ending.description
      outcome.output = result.output.lines
      readDepfile()
      guard result.isSuccess else { return finish(failure(of: result, program)) }
      inspectMadeFile(by: program)
    }
  }

  private func failure(of result: ChildProcess.Outcome, _ program: String) -> RunOutcome {
    var failed = outcome
    failed.result = .failed
    failed.ending = result.ending.description
    failed.output = result.output.lines
    failed.summary = result.failure(of: program, timeout: rule.timeout)
    return failed
  }

  private func inspectMadeFile(by program: String) {
    guard candidate?.isMade == true else {
      outcome.summary = "\(VisibleText.escape(program)): exit 0, but it did not write its product"
      return finish(outcome)
    }
    inspect()
  }
}

// MARK: - Inspecting and moving into place

extension CandidateRun {
  private func inspect() {
    guard let candidate, !isStopped else { return finish(.failed("stopped")) }
    do {
      let size = try FileStatus.of(candidate.path)?.size ?? 0
      let old = try FileStatus.of(product)?.size ?? 0
      let (path, product, isDatabase) = (candidate.path, product, isDatabase)
      guard max(size, old) > Self.smallSize else {
        return inspect { try Inspection(of: path, replacing: product, isDatabase: isDatabase) }
      }
      child = try environment.loop.fork(timeout: .seconds(600)) {
        try Inspection(of: path, replacing: product, isDatabase: isDatabase).encoded
      } _: { [self] result in
        child = nil
        do {
          guard result.isSuccess else { return finish(failure(of: result, "the inspection")) }
          conclude(try Inspection(decoding: result.output.bytes))
        } catch {
          refuse("\(error)")
        }
      }
    } catch {
      refuse("\(error)")
    }
  }

  /// Inspects within this process.
  private func inspect(_ look: () throws -> Inspection) {
    do {
      conclude(try look())
    } catch {
      refuse("\(error)")
    }
  }

  private func refuse(_ reason: String) {
    outcome.summary = "the new product is no good: \(VisibleText.escape(reason))"
    finish(outcome)
  }

  private func conclude(_ inspection: Inspection) {
    outcome.wasUndisturbed = candidate?.isUndisturbed ?? false
    outcome.records = inspection.records
    outcome.samples = inspection.samples
    if inspection.isUnchanged {
      outcome.result = .unchanged
      outcome.summary = "unchanged" + (inspection.records.map { ", \($0.after) records" } ?? "")
      return finish(outcome)
    }
    if let records = inspection.records, let limit = rule.lossLimit, !isForced,
      limit.isExceeded(losing: records.removed, of: records.before)
    {
      outcome.result = .held
      outcome.summary = "would lose \(records.removed) of \(records.before) records"
      return finish(outcome)
    }
    guard mayReplace() else { return finish(.failed("stopped")) }
    moveIntoPlace(inspection)
  }

  private func moveIntoPlace(_ inspection: Inspection) {
    do {
      if inspection.isOldSound {
        outcome.keptPrevious = try PreviousProduct(rule.name, environment.store).keep(product)
      }
      try candidate?.commit()
      outcome.result = .built
      outcome.summary = "built" + (inspection.records.map { ": \($0)" } ?? "")
    } catch {
      outcome.result = .failed
      outcome.summary = "\(error)"
    }
    finish(outcome)
  }

  private func readDepfile() {
    guard case .command(let command) = rule.action, command.mentions(BuildCommand.depfile),
      let path = candidate?.depfilePath,
      let bytes = try? FileReading.contents(of: path, limit: 1 << 26, followingLinks: false)
    else { return }
    outcome.wasUndisturbed = candidate?.isUndisturbed ?? false
    let report = DependencyReport(bytes)
    outcome.reported = report.keys
    outcome.isOpaque = report.isOpaque
    if report.unwatchable > 0 {
      let paths = report.unwatchable == 1 ? "path that it reads is" : "paths that it reads are"
      environment.journal.note(
        rule.name,
        "\(report.unwatchable) \(paths) no UTF-8 and cannot be watched: every poke runs it")
    }
  }
}
