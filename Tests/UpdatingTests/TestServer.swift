import Glibc
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// A mail server's files under a root of its own, and passes over them.
///
/// ```
/// let server = try TestServer()
/// try server.control("morercpthosts").write("a.example\n")
/// #expect(try server.run("morercpthosts.cdb") == .built)
/// ```
final class TestServer {
  let root: FilePath
  var settings = Settings()
  /// The log of all passes.
  private(set) var log: [String] = []
  /// The supervised services, if there are any.
  var sandbox: ServiceSandbox?

  init() throws {
    root = Scratch.directory.appending("root")
    settings.layout.root = Root(root)
    // supervise shows a process that died at once as up for a second.
    settings.staysUp = .milliseconds(1500)
    settings.reloadCheck = .milliseconds(100)
    for directory in ["var/qmail/control", "var/qmail/users", "etc", "service"] {
      try FileOperations.makeDirectory(root.appending(directory))
    }
  }

  var store: StateStore { StateStore(settings.stateDirectory) }

  func path(_ name: String) -> FilePath { root.pushing(FilePath(name)) }

  func control(_ name: String) -> FilePath { settings.layout.control.appending(name) }
}

// MARK: - Rules

extension TestServer {
  /// Writes a shell script; it sees the tree as `$QMAIL_UPDATER_ROOT`.
  ///
  /// - Returns: Its path, as a command's first word.
  @discardableResult
  func script(_ name: String, _ body: String) throws -> String {
    let path = Scratch.directory.appending("bin").appending(name)
    try path.write("#!/bin/sh\n\(body)\n", mode: 0o755)
    return path.string
  }

  /// Adds a rule to the configuration, or changes one.
  func rule(_ name: String, _ change: (inout RuleChange) -> Void) {
    var rule = RuleChange(name: name)
    change(&rule)
    settings.ruleChanges.removeAll { $0.name == name }
    settings.ruleChanges.append(rule)
  }

  /// Adds the rule `NAME`, made from `etc/NAME.txt` by a shell script as `etc/NAME`; in the script
  /// `$1` is the file to write, `$2` the source, `$3` the depfile.
  func rule(
    _ name: String, script body: String, _ change: (inout RuleChange) -> Void = { _ in }
  ) throws {
    let script = try script(name, body)
    rule(name) {
      $0.inputs = ["/etc/\(name).txt"]
      $0.product = FilePath("/etc/\(name)")
      $0.command = [script, "{candidate}", source(name).string, "{depfile}"]
      change(&$0)
    }
  }

  func source(_ name: String) -> FilePath { path("etc/\(name).txt") }

  func product(_ name: String) -> FilePath { path("etc/\(name)") }
}

// MARK: - Passes

extension TestServer {
  /// What a pass needs, on a loop of its own.
  func environment(_ loop: EventLoop, _ program: String = "test") -> PassEnvironment {
    PassEnvironment(
      settings: settings, store: store, loop: loop,
      journal: Journal { [self] line in log.append(line) }, program: program)
  }

  /// Makes one pass, as a program does that has just started; `meanwhile` is called once it has
  /// begun.
  @discardableResult
  func pass(
    forcing forced: String..., includesOpaque: Bool = false, asked: Timestamp? = nil,
    meanwhile: (EventLoop, Pass) -> Void = { _, _ in }
  ) throws -> PassResult {
    let loop = EventLoop()
    let order = PassOrder(
      forced: Set(forced), includesOpaque: includesOpaque, cause: ["test"], asked: asked)
    var result: PassResult?
    let states = StateCache(store) { [self] line in log.append("state: warning: \(line)") }
    let pass = Pass(order, in: environment(loop), states: states) {
      result = $0
      loop.stop()
    }
    pass.start()
    meanwhile(loop, pass)
    if result == nil { try loop.run() }
    return try #require(result)
  }

  /// Makes a pass and tells what became of one rule's action; nil when it did not run.
  @discardableResult
  func run(_ rule: String, forcing: Bool = false) throws -> RunReport.Result? {
    let result = try forcing ? pass(forcing: rule) : pass()
    return result.entries.first { $0.rule.name == rule }?.run?.result
  }

  /// Makes a pass and gives one rule's entry in its result.
  func entry(_ rule: String, in result: PassResult? = nil) throws -> PassResult.Entry {
    let result = try result ?? pass()
    return try #require(result.entries.first { $0.rule.name == rule })
  }

  /// Brings the previous product of a rule back.
  func rollBack(_ rule: String) throws -> RunReport {
    let loop = EventLoop()
    var result: Result<RunReport, RollbackError>?
    let states = StateCache(store) { _ in }
    Rollback(rule, in: environment(loop), states: states) {
      result = $0
      loop.stop()
    }.start()
    if result == nil { try loop.run() }
    return try #require(result).get()
  }

  /// What a rule looks like now, without doing anything about it.
  func status(of rule: String) throws -> RuleStatus {
    let survey = try StatusSurvey(settings, StateCache(store) { _ in })
    return try #require(survey.rules.first { $0.rule.name == rule })
  }

  func state(of rule: String) -> RuleState { store.load(rule) { _ in } }

  /// Lets the time of a failed rule's next try come.
  func letRetryCome(_ rule: String) throws {
    var state = state(of: rule)
    state.failure?.nextTry = .now
    try store.save(state)
  }
}

// MARK: - Looking

extension TestServer {
  /// The records of a .cdb in the words of tinycdb's program, without the final empty line.
  func dump(_ path: FilePath) throws -> [String] {
    let result = try Tools.run(["cdb", "-d", path.string])
    guard result.code == 0 else { throw SystemError("dump", result.text, .ioError) }
    return result.lines
  }

  /// The names of a directory that should not be there for long.
  func leftovers(in directories: FilePath...) throws -> [String] {
    try directories.flatMap { try FileReading.names(in: $0) }.map(\.string)
      .filter { $0.hasSuffix(".tmp") }
  }
}

/// Runs a shell script with words as `$1` and so on.
func shell(_ script: String, _ words: FilePath...) throws {
  let result = try Tools.run(["sh", "-euc", script, "sh"] + words.map(\.string))
  #expect(result.code == 0, "\(result.text)")
}
