internal import ConstantDatabase
internal import QmailFiles
internal import Glibc
internal import SystemPackage
internal import SystemSupport
internal import Updating

/// Makes a product in a private directory and compares it with the one in place, which it leaves
/// alone.
final class PreviewBuild {
  private let rule: Rule
  private let directory: FilePath
  private let settings: Settings
  private var completion: ((Preview.Result) -> Void)?

  private var candidate: FilePath { directory.appending("product") }

  /// A private directory in the state directory, under a random name.
  ///
  /// - Throws: `SystemError` when it cannot be made.
  static func makeDirectory(in store: StateStore) throws(SystemError) -> FilePath {
    try store.prepare()
    let name = "preview.\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
    let directory = store.directory.appending(name)
    try check("mkdir", directory.visible) {
      unsafe directory.withPlatformString { unsafe mkdir($0, 0o700) }
    }
    return directory
  }

  init(_ rule: Rule, in directory: FilePath, _ settings: Settings) {
    self.rule = rule
    self.directory = directory
    self.settings = settings
  }

  deinit { Self.remove(directory) }

  /// Removes a directory of a preview, and what was made in it.
  static func remove(_ directory: FilePath) {
    for name in (try? FileReading.names(in: directory)) ?? [] {
      try? FileOperations.remove(directory.appending(name))
    }
    _ = unsafe directory.withPlatformString { unsafe rmdir($0) }
  }

  /// Starts; the completion is called on the loop, or at once.
  ///
  /// - Throws: `SystemError` when no child can be made.
  func start(
    on loop: EventLoop, _ completion: @escaping (Preview.Result) -> Void
  ) throws(SystemError) {
    self.completion = completion
    guard case .file = rule.product else {
      return finish(.failed("it is a service: nothing is made"))
    }
    switch rule.action {
    case .build: try compare(on: loop)
    case .command(let command):
      guard command.mentions(BuildCommand.candidate), rule.user == nil else {
        return finish(.failed("its command replaces the product itself: it cannot be tried"))
      }
      try run(command, on: loop)
    case .reload, .restart: finish(.failed("a file cannot be told"))
    }
  }

  private func finish(_ result: Preview.Result) {
    let completion = completion
    self.completion = nil
    completion?(result)
  }

  private func run(_ command: BuildCommand, on loop: EventLoop) throws(SystemError) {
    let words = command.filled(with: [
      BuildCommand.candidate: candidate.string,
      BuildCommand.temporary: directory.appending("temporary").string,
      BuildCommand.depfile: directory.appending("depfile").string,
    ])
    let started = Command(
      words, standardInput: command.standardInput,
      environment: ["QMAIL_UPDATER_ROOT": settings.layout.root.directory.string])
    try loop.run(started, timeout: rule.timeout) { [self] outcome in
      guard outcome.isSuccess else {
        let last = outcome.output.lines.last.map { ": \($0)" } ?? ""
        return finish(.failed("\(outcome.ending)\(last)"))
      }
      do {
        try compare(on: loop)
      } catch {
        finish(.failed("\(error)"))
      }
    }
  }

  /// Builds what we build ourselves, and compares, in a child.
  private func compare(on loop: EventLoop) throws(SystemError) {
    let (rule, candidate) = (rule, candidate)
    try loop.fork(timeout: .seconds(600)) {
      if case .build(let builder) = rule.action {
        try Self.build(builder, rule, into: candidate)
      }
      guard case .file(let product, let isDatabase) = rule.product else { return [] }
      let inspection = try Inspection(
        of: candidate, replacing: product, isDatabase: isDatabase, sampleCount: 500)
      return Self.encode(inspection, isSecret: rule.isSecret)
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

  private static func build(_ builder: Builder, _ rule: Rule, into path: FilePath) throws {
    guard let source = rule.inputs.first?.path else { return }
    let bytes = try FileReading.contents(of: source)
    let writer = try ConstantDatabaseWriter(replacing: path)
    switch builder {
    case .assignments:
      for record in try UserAssignments(parsing: bytes, path: source).records {
        try writer.add(key: record.key, value: record.data)
      }
    case .keyList:
      let empty: [UInt8] = []
      for key in ControlFile.keys(of: bytes) { try writer.add(key: key, value: empty) }
    }
    try writer.commit(durably: false)
  }

  private static func encode(_ inspection: Inspection, isSecret: Bool) -> [UInt8] {
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
