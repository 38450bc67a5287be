internal import SystemPackage
internal import SystemSupport
internal import QmailFiles

/// Runs a program that replaces its product itself, and undoes it when the outcome is no good.
///
/// For tools with fixed names, such as newaliases. A copy of the old product is kept first; exit
/// code 0 without a new product is a failure.
final class InPlaceRun: RuleRun {
  private let rule: Rule
  private let command: BuildCommand
  private let product: FilePath
  private let isDatabase: Bool
  private let environment: PassEnvironment
  private let completion: (RunOutcome) -> Void
  private var backup: FilePath?
  private var before: FileStatus?
  private var child: ChildProcess?
  private var outcome = RunOutcome(result: .failed, summary: "")

  init(
    _ rule: Rule, _ command: BuildCommand, product: FilePath, isDatabase: Bool,
    in environment: PassEnvironment, _ completion: @escaping (RunOutcome) -> Void
  ) {
    self.rule = rule
    self.command = command
    self.product = product
    self.isDatabase = isDatabase
    self.environment = environment
    self.completion = completion
  }

  /// Starts; the completion is called on the loop, or at once.
  func start() {
    do {
      before = try FileStatus.of(product, followingLinks: false)
      if before != nil { backup = try makeBackup() }
      let user = try RuleUser.of(rule, in: environment.settings.layout)
      let started = command.command(as: user, into: nil, environment.settings)
      outcome.command =
        Command(command.arguments, standardInput: command.standardInput).typed
      child = try environment.start(started, of: rule) { [self] in end($0) }
    } catch {
      finish(.failed("\(error)"))
    }
  }

  func stop() { child?.stop() }

  private func finish(_ outcome: RunOutcome) {
    child = nil
    if let backup { try? FileOperations.remove(backup) }
    completion(outcome)
  }

  private func fail(_ summary: String) {
    outcome.result = .failed
    outcome.summary = summary
    finish(outcome)
  }

  private func makeBackup() throws(SystemError) -> FilePath {
    let path = environment.store.previousPath(of: rule.name).temporarySibling
    let bytes = try FileReading.contents(of: product, followingLinks: false)
    try FileReplacement.write(bytes, to: path, mode: 0o600)
    return path
  }

  private func end(_ result: ChildProcess.Outcome) {
    outcome.ending = result.ending.description
    outcome.output = result.output.lines
    let program = VisibleText.escape(command.arguments.first ?? "")
    do {
      let after = try FileStatus.of(product, followingLinks: false)
      guard result.isSuccess else {
        if after != before { try restore() }
        return fail(result.failure(of: command.arguments.first ?? "", timeout: rule.timeout))
      }
      guard let after, after != before else {
        if after == nil, before != nil { try restore() }
        let words = result.output.lines.last.map { ", saying: \($0)" } ?? ""
        return fail("\(program): exit 0, but it did not replace its product\(words)")
      }
      try accept(after)
    } catch {
      fail("\(error)")
    }
  }

  private func accept(_ after: FileStatus) throws {
    let isOldSound: Bool
    do {
      let inspection = try Inspection(
        of: product, replacing: backup ?? "/dev/null", isDatabase: isDatabase)
      isOldSound = inspection.isOldSound
      outcome.records = inspection.records
      outcome.samples = inspection.samples
      outcome.result = inspection.isUnchanged ? .unchanged : .built
      let counts = inspection.records.map { ": \($0)" } ?? ""
      outcome.summary = (inspection.isUnchanged ? "unchanged" : "built") + counts
    } catch {
      try restore()
      return fail("the new product is no good: \(VisibleText.escape("\(error)"))")
    }
    warnOfOpenLine()
    if let before { try FileOperations.adopt(owner: before, of: product, now: after) }
    if let backup, outcome.result == .built, isOldSound {
      try FileOperations.rename(backup, to: environment.store.previousPath(of: rule.name))
      self.backup = nil
      outcome.keptPrevious = true
    }
    finish(outcome)
  }

  /// Tells of a last line that the program has left out without telling.
  private func warnOfOpenLine() {
    guard command.dropsOpenLine, let text = rule.inputs.first?.path,
      let last = (try? FileReading.contents(of: text))?.last, last != UInt8(ascii: "\n")
    else { return }
    outcome.output.append(
      "warning: \(text.visible): its last line has no newline, and is left out")
  }

  /// Puts the old product back; there may have been none.
  ///
  /// It gets its old date too: a new one would make it look newer than the inputs.
  private func restore() throws {
    guard let backup, let before else { return try FileOperations.remove(product) }
    let replacement = try FileReplacement(replacing: product)
    try replacement.descriptor.write(try FileReading.contents(of: backup))
    try replacement.descriptor.setModified(before.modified, subject: product.visible)
    try replacement.commit()
    if let now = try FileStatus.of(product, followingLinks: false) {
      try FileOperations.adopt(owner: before, of: product, now: now)
    }
  }
}
