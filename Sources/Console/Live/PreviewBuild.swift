internal import SystemPackage
internal import SystemSupport
internal import Updating

/// Makes a product in a private directory and compares it with the one in place, which it leaves
/// alone.
final class PreviewBuild {
  private let rule: Rule
  private let product: FilePath
  private let isDatabase: Bool
  private let settings: Settings
  private let user: RuleUser?
  private let candidate: Candidate
  private var child: ChildProcess?
  private var completion: ((Preview.Result) -> Void)?

  /// Why no preview of a rule can be made: its product cannot be made without replacing it.
  static func obstacle(to rule: Rule) -> String? {
    switch (rule.product, rule.action) {
    case (.service, _): return "no preview: its product is a service, nothing is made"
    case (.file, .command(let command)) where !command.mentions(BuildCommand.candidate):
      if Rehearsal.isPossible(for: rule) { return nil }
      let program = FilePath(command.arguments.first ?? "").lastComponent?.string ?? ""
      return "no preview: \(VisibleText.escape(program)) writes its product in place"
    case (.file, _): return nil
    }
  }

  /// Makes the private directory in the console's own place; it goes with this object.
  ///
  /// - Throws: `SystemError` when that cannot be done.
  init(
    _ rule: Rule, product: FilePath, isDatabase: Bool, in place: PreviewPlace, _ settings: Settings
  ) throws {
    self.rule = rule
    self.product = product
    self.isDatabase = isDatabase
    self.settings = settings
    user = try RuleUser.of(rule, in: settings.layout)
    candidate = try Candidate(
      for: FilePlace(product), in: try place.make(), isPrivate: true, owner: user)
  }

  /// Starts; the completion is called on the loop, or at once, unless `stop` comes before.
  ///
  /// - Throws: `SystemError` when no child can be made.
  func start(
    on loop: EventLoop, _ completion: @escaping (Preview.Result) -> Void
  ) throws(SystemError) {
    self.completion = completion
    guard case .command(let command) = rule.action else { return try compare(on: loop) }
    let started = command.command(as: user, into: candidate, settings)
    func end(_ outcome: ChildProcess.Outcome) {
      guard outcome.isSuccess else {
        let last = outcome.output.lines.last.map { ": \($0)" } ?? ""
        return finish(.failed("\(outcome.ending)\(last)"))
      }
      guard candidate.isMade else { return finish(.failed("exit 0, but it wrote no product")) }
      do {
        try compare(on: loop)
      } catch {
        finish(.failed("\(error)"))
      }
    }
    if Rehearsal.isPossible(for: rule) {
      let rehearsal = try Rehearsal(of: rule, in: candidate.path.removingLastComponent())
      child = try loop.run(started, seeing: rehearsal.view, timeout: rule.timeout, end)
    } else {
      child = try loop.run(started, timeout: rule.timeout, end)
    }
  }

  /// Ends it without an answer.
  func stop() {
    completion = nil
    child?.stop()
    candidate.discard()
  }

  private func finish(_ result: Preview.Result) {
    candidate.discard()
    child = nil
    let completion = completion
    self.completion = nil
    completion?(result)
  }

  /// Builds what we build ourselves, and compares, in a child.
  private func compare(on loop: EventLoop) throws(SystemError) {
    guard completion != nil else { return finish(.failed("stopped")) }
    let (rule, path, product, isDatabase) = (rule, candidate.path, product, isDatabase)
    child = try loop.fork(timeout: .seconds(600)) {
      if case .build(let builder) = rule.action, let source = rule.inputs.first?.path {
        try OwnBuilder(builder).build(source, into: path)
      }
      let inspection = try Inspection(
        of: path, replacing: product, isDatabase: isDatabase, sampleCount: 500)
      return Self.encode(inspection)
    } _: { [self] outcome in
      let lines = outcome.resultLines
      guard outcome.isSuccess, lines.count >= 2 else {
        return finish(.failed(lines.first ?? "\(outcome.ending)"))
      }
      finish(
        .changes(
          summary: lines[1], samples: Array(lines.dropFirst(2)), isUnchanged: lines[0] == "="))
    }
  }

  private static func encode(_ inspection: Inspection) -> [UInt8] {
    let summary: String
    if inspection.isUnchanged {
      summary =
        "nothing would change"
        + (inspection.records.map { ": \(Words.count($0.after, "record"))" } ?? "")
    } else {
      summary = inspection.records.map { "\($0)" } ?? "the file would differ"
    }
    let samples = inspection.samples.map { "\($0.prefix(1)) \($0.dropFirst())" }
    return Array(
      ([inspection.isUnchanged ? "=" : "~", summary] + samples).joined(separator: "\n").utf8)
  }
}

extension ChildProcess.Outcome {
  /// The lines that our own code in a child has made safe to show; of a failed child its words.
  var resultLines: [String] {
    guard isSuccess else { return output.lines }
    return String(decoding: output.bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
