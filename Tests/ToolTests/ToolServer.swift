import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// A mail server's tree under a root, and our programs working on it as processes.
final class ToolServer {
  let root: FilePath
  /// Services under a real svscan over the tree's `/service`.
  private(set) var sandbox: ServiceSandbox?

  init() throws {
    root = Scratch.directory.appending("root")
    for directory in ["var/qmail/control", "var/qmail/users", "etc", "service"] {
      try FileOperations.makeDirectory(root.appending(directory))
    }
  }

  func path(_ name: String) -> FilePath { root.pushing(FilePath(name)) }

  func control(_ name: String) -> FilePath { path("var/qmail/control/\(name)") }

  var pipe: FilePath { path("run/qmail-updater/trigger") }

  /// Writes the configuration file.
  func configure(_ toml: String) throws { try path("etc/qmail-updater.toml").write(toml) }

  /// Writes a shell script and gives its path.
  @discardableResult
  func script(_ name: String, _ body: String) throws -> String {
    let path = Scratch.directory.appending("bin").appending(name)
    // Running scripts go on with the file that they were started from.
    let fresh = Scratch.directory.appending("bin").appending(name + ".new")
    try fresh.write("#!/bin/sh\n\(body)\n", mode: 0o755)
    try FileOperations.rename(fresh, to: path)
    return path.string
  }

  /// The configuration of a rule `NAME`, made from `etc/NAME.txt` as `etc/NAME` by a shell script,
  /// in which `$1` is the file to write and `$2` the source; `rest` is more lines of the rule.
  func rule(_ name: String, script body: String, _ rest: String = "") throws -> String {
    let script = try script(name, body)
    return """
      [rules."\(name)"]
      inputs = ["/etc/\(name).txt"]
      product = "/etc/\(name)"
      command = ["\(script)", "{candidate}", "\(path("etc/\(name).txt"))"]
      \(rest)

      """
  }

  // MARK: - update-qmail

  @discardableResult
  func updateQmail(_ arguments: String...) throws -> Tools.Result {
    try Tools.run([try Tools.own("update-qmail"), "--root", root.string] + arguments)
  }

  /// The records of a .cdb in tinycdb's words.
  func dump(_ path: FilePath) throws -> [String] {
    let result = try Tools.run(["cdb", "-d", path.string])
    guard result.code == 0 else { throw SystemError("dump", result.text, .ioError) }
    return result.lines
  }

  /// Temporary names that lie about in the tree.
  func leftovers() throws -> [String] {
    try Tools.run(["find", root.string, "-name", "*.tmp", "-not", "-path", "*/supervise/*"]).lines
  }

  // MARK: - pipe-watcher

  /// Starts pipe-watcher under supervise, with multilog, and waits until its first pass has ended;
  /// `addServices` adds further services, before svscan starts.
  @discardableResult
  func startService(_ addServices: (ServiceSandbox) throws -> Void = { _ in }) throws -> FilePath {
    let sandbox = try ServiceSandbox(in: root)
    self.sandbox = sandbox
    try addServices(sandbox)
    let program = try Tools.own("pipe-watcher")
    let service = try sandbox.add(
      "qmail-updater", run: "exec 2>&1\nexec '\(program)' --root '\(root)' --verbose",
      log: ["t", "s16777215", "./main"])
    try sandbox.start()
    try wait(for: "pass: ended: ")
    return service
  }

  /// The service's log so far, without stamps.
  var log: [String] {
    let current = path("service/qmail-updater/log/main/current")
    return ((try? current.text) ?? "").split(separator: "\n").map { String($0.dropFirst(26)) }
  }

  /// How many lines of the log hold some words.
  func count(_ words: String) -> Int { log.count { $0.contains(words) } }

  /// Waits until the log holds some words more often than before.
  func wait(for words: String, beyond count: Int = 0) throws {
    try wait("\(words) in the log") { self.count(words) > count }
  }

  /// Waits until something is so, at most half a minute.
  func wait(_ what: String, until isDone: () throws -> Bool) throws {
    let deadline = Instant.now + .seconds(30)
    while (try? isDone()) != true {
      guard Instant.now < deadline else {
        Issue.record("waited in vain for \(what): \(log.suffix(20))")
        throw SystemError("wait for", what, .timedOut)
      }
      usleep(5000)
    }
  }
}

/// Runs a shell script with words as `$1` and so on; it must succeed.
@discardableResult
func shell(_ script: String, _ words: FilePath...) throws -> Tools.Result {
  let result = try Tools.run(["sh", "-euc", script, "sh"] + words.map(\.string))
  #expect(result.code == 0, "\(result.text)")
  return result
}
