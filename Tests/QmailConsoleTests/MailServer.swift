import Glibc
import SystemPackage
import SystemSupport
import TestSupport

/// A small mail server for one test: a tree with rules, and real services over it.
final class MailServer {
  let root: FilePath
  let services: ServiceSandbox

  /// Makes the tree; `start` starts svscan.
  init() throws {
    root = Scratch.directory.appending("root")
    try FileOperations.makeDirectory(root)
    services = try ServiceSandbox(in: root)
    try control("me").write("mx1.example.net\n")
    try control("locals").write("example.net\n")
    try control("rcpthosts").write("example.net\n")
    try control("morercpthosts").write((1...40).map { "customer\($0).example\n" }.joined())
    try users("assign").write(".\n")
    try root.appending("etc/tcp.smtp").write(":allow\n")
    try root.appending("etc/passwd").write("root:x:0:0::/root:/bin/sh\n")
    try FileOperations.makeDirectory(root.appending("run"))
    try FileOperations.makeDirectory(root.appending("var/lib"))
  }

  func control(_ name: String) -> FilePath { root.appending("var/qmail/control/\(name)") }
  func users(_ name: String) -> FilePath { root.appending("var/qmail/users/\(name)") }
  var configuration: FilePath { root.appending("etc/qmail-updater.toml") }

  /// Adds a service that writes what it is told on a FIFO into its log, and survives HUP.
  func addTalker(_ name: String) throws -> FilePath {
    try services.add(
      name,
      run: """
        exec 2>&1
        trap 'echo status: reread' HUP
        echo status: started
        while :; do sleep 1000 & wait; done
        """, log: ["t", "s4096", "n20", "./main"])
  }

  /// Adds the service itself.
  func addUpdater() throws -> FilePath {
    let program = try Tools.own("pipe-watcher")
    return try services.add(
      "qmail-updater", run: "exec 2>&1\nexec \(program) --root \(root)",
      log: ["t", "s16384", "./main"])
  }

  /// Brings every product up to date once, from the command line.
  @discardableResult
  func update(_ arguments: String...) throws -> Tools.Result {
    try Tools.run([try Tools.own("update-qmail"), "--root", root.string] + arguments)
  }

  /// Runs the console with a key script.
  ///
  /// - Returns: What it wrote.
  func script(_ lines: String..., options: [String] = [], size: (Int, Int) = (80, 24)) throws
    -> Tools.Result
  {
    let path = Scratch.directory.appending("keys")
    try path.write(lines.joined(separator: "\n") + "\n")
    return try Tools.run(
      [try Tools.own("qmail-console"), "--root", root.string, "--keys", path.string] + options,
      environment: [
        "COLUMNS": "\(size.0)", "LINES": "\(size.1)", "LANG": "C.UTF-8", "SUDO_USER": "ann",
      ])
  }
}
