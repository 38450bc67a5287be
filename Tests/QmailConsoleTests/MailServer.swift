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

  /// Adds a service that writes numbered lines at once, words before and after each number, and
  /// then sleeps; `log` are multilog's arguments between `t` and the directory.
  func addWriter(
    _ name: String = "qmail-send", of count: Int, _ words: (String, String), log: [String]
  ) throws -> FilePath {
    try services.add(
      name,
      run: """
        exec 2>&1
        i=0; while [ $i -lt \(count) ]; do i=$((i+1)); echo "\(words.0) $i\(words.1)"; done
        exec sleep 1000
        """, log: ["t"] + log + ["./main"])
  }

  /// Sets up one rule of a name, from `/etc/NAME` to `/etc/NAME.out` by a command.
  func configureRule(
    _ name: String, by command: [String], _ more: String = ""
  ) throws {
    let words = command.map { "\"\($0)\"" }.joined(separator: ", ")
    try configuration.write(
      """
      [rules.\(name)]
      inputs = ["/etc/\(name)"]
      product = "/etc/\(name).out"
      command = [\(words)]
      database = false
      \(more)
      """)
    try root.appending("etc/\(name)").write("one\n")
  }

  /// Sets up a rule whose builder sleeps before it copies its input.
  func configureSlowRule(seconds: Int) throws {
    try configureRule(
      "slow",
      by: ["sh", "-c", "sleep \(seconds); cat $QMAIL_UPDATER_ROOT/etc/slow >{candidate}"])
  }

  /// Starts all services, and waits for one, whose pid it returns.
  @discardableResult
  func start(waitingFor service: FilePath) throws -> Int32 {
    try services.start()
    return try services.waitUntilUp(service)
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
