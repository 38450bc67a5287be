import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Who else is here: other consoles, and whoever holds the lock.
@Suite(.scratch, .timeLimit(.minutes(2))) struct CompanyTests {
  private static let nameless = [
    "env", "-u", "SUDO_USER", "-u", "LOGNAME", "-u", "USER", "-u", "SSH_CONNECTION",
  ]

  private func directory(_ name: String, of server: MailServer) -> FilePath {
    server.root.appending("var/lib/qmail-updater").appending(name)
  }

  /// Another console that stays until it is stopped.
  private func startConsole(_ server: MailServer, _ keys: String...) throws -> Background {
    let random = String(UInt64.random(in: 0 ... .max), radix: 36)
    let script = Scratch.directory.appending("keys.\(random)")
    try script.write((keys + ["wait what never comes"]).joined(separator: "\n") + "\n")
    let console = Background(
      Self.nameless + [
        try Tools.own("qmail-console"), "--root", server.root.string, "--keys", script.string,
      ])
    let listed = directory("consoles", of: server).appending("\(console.pid)")
    try wait { try FileStatus.of(listed)?.size ?? 0 > 0 }
    return console
  }

  /// A program that takes the lock and tells nobody.
  private func lock(_ server: MailServer, for seconds: Int) throws -> Background {
    let path = directory("lock", of: server)
    let holder = Background(["setlock", path.string, "sleep", "\(seconds)"])
    try wait { try FileLock(existing: path).holder?.program == "sleep" }
    return holder
  }

  private func form(_ server: MailServer, _ option: String) throws -> Tools.Result {
    try Tools.run(
      [try Tools.own("qmail-console"), "--root", server.root.string, option],
      environment: ["LANG": "C.UTF-8", "COLUMNS": "80", "LINES": "24"])
  }

  @Test func `consoles that can act know of each other`() throws {
    let server = try MailServer()
    try server.update()
    func seen(by name: String) -> FilePath { Scratch.directory.appending("seen.\(name)") }
    /// A console that sees another one and then stays.
    func start(_ name: String, seeing other: String, _ then: String...) throws -> Background {
      let script = Scratch.directory.appending("keys.\(name)")
      let keys = ["wait another console acts here: \(other)", "wait 2 consoles"]
      let dump = "dump \(seen(by: name))"
      try script.write((keys + [dump] + then).joined(separator: "\n") + "\n")
      return Background([
        "env", "SUDO_USER=\(name)", "SSH_CONNECTION=192.0.2.7 1 192.0.2.1 22", "COLUMNS=120",
        try Tools.own("qmail-console"), "--root", server.root.string, "--keys", script.string,
      ])
    }
    let gone = seen(by: "gone")
    let bob = try start("bob", seeing: "ann from 192.0.2.7", "wait all fresh  ", "dump \(gone)")
    let ann = try start("ann", seeing: "bob from 192.0.2.7", "wait what never comes")
    // Neither goes before the other one has been seen.
    try wait { try ["ann", "bob"].allSatisfy { try FileStatus.of(seen(by: $0)) != nil } }
    kill(ann.pid, SIGTERM)
    ann.wait()
    bob.wait()
    #expect(try gone.text.contains("all fresh  "))
    #expect(try FileReading.names(in: directory("consoles", of: server)).isEmpty)
  }

  @Test func `a killed console leaves nothing that another one does not remove`() throws {
    let server = try MailServer()
    try server.update()
    let console = try startConsole(server)
    kill(console.pid, SIGKILL)
    console.wait()
    let consoles = directory("consoles", of: server)
    #expect(try FileReading.names(in: consoles).count == 1)
    #expect(try server.script("wait all fresh  ").code == 0)
    #expect(try FileReading.names(in: consoles).isEmpty)
  }

  @Test func `consoles whose users have no name are told apart`() throws {
    let server = try MailServer()
    try server.update()
    let other = try startConsole(server)
    defer { other.stop() }
    let name = "another console acts here: uid \(getuid()) without a terminal (pid \(other.pid))"
    let result = try server.script("wait \(name)", size: (120, 24))
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `a console on a terminal is told by its name`() throws {
    let server = try MailServer()
    try server.update()
    let screen = try Screenful(columns: 80, rows: 24)
    let program = try Tools.own("qmail-console")
    try screen.type(
      line: "\(Self.nameless.joined(separator: " ")) \(program) --root \(server.root)")
    try screen.wait { $0.contains("q quit") }
    let result = try server.script("wait uid \(getuid()) on pts/", size: (120, 24))
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `a lock that plain setlock holds shows whose it is, and when it is free again`() throws
  {
    let server = try MailServer()
    try server.update()
    let holder = try lock(server, for: 20)
    let result = try server.script(
      "wait rules are run elsewhere, by sleep (pid \(holder.pid)), a process started ",
      "key f", "wait held by sleep (pid \(holder.pid)), a process started ", "wait verified",
      "wait all fresh", size: (140, 24))
    #expect(result.code == 0, "\(result.text)")
    #expect(!result.text.contains("elsewhere"))
  }

  @Test func `update-qmail tells for whom it waits, though he tells nobody`() throws {
    let server = try MailServer()
    try server.update()
    let holder = try lock(server, for: 3)
    let result = try server.update()
    #expect(result.code == 0)
    #expect(
      result.lines.first?.hasPrefix(
        "lock: held by sleep (pid \(holder.pid)), a process started ") == true,
      "\(result.text)")
    let other = try lock(server, for: 100)
    defer { other.stop() }
    let table = try server.update("--status")
    #expect(table.text.contains("running now: sleep (pid \(other.pid)), a process started "))
    let json = try server.update("--json").text
    #expect(json.contains(#""program" : "sleep""#) && json.contains("processStarted"))
  }

  @Test func `every form tells of the other consoles and of the lock's holder`() throws {
    let server = try MailServer()
    try server.update()
    let console = try startConsole(server)
    let holder = try lock(server, for: 100)
    let who = "uid \(getuid()) without a terminal"
    let company = [
      "another console acts here: \(who) (pid \(console.pid))",
      "rules are run elsewhere, by sleep (pid \(holder.pid))",
    ]
    let once = try form(server, "--once").text
    let json = try form(server, "--json").text
    #expect(company.allSatisfy { once.contains($0) }, "\(once)")
    #expect(once.contains("1 console "))
    #expect(json.contains(#""who" : "\#(who)""#) && json.contains(#""pid" : \#(console.pid)"#))
    #expect(json.contains(#""program" : "sleep""#))

    let output = Scratch.directory.appending("lines")
    let lines = Background([
      "sh", "-c", "exec \"$0\" --root \"$1\" --lines >\"$2\"", try Tools.own("qmail-console"),
      server.root.string, output.string,
    ])
    defer { lines.stop() }
    func told(_ text: String) throws {
      try wait { try FileStatus.of(output) != nil && output.text.contains(text) }
    }
    for line in company { try told(line) }
    // It has no keys itself, so that nobody is told of it.
    #expect(try FileReading.names(in: directory("consoles", of: server)).count == 1)
    holder.stop()
    try told("rules are run elsewhere no more")
    console.stop()
    _ = try server.script("wait all fresh")
    try told("a console has ended: \(who) (pid \(console.pid))")
  }

  @Test func `what a killed console was previewing is removed, what a living one is, never`() throws
  {
    let server = try MailServer()
    try server.update()
    try server.configuration.write(
      """
      [rules.slow]
      inputs = ["/etc/slow"]
      product = "/etc/slow.out"
      command = ["sh", "-c", "sleep 20; echo >{candidate}"]
      database = false
      """)
    try server.root.appending("etc/slow").write("one\n")
    let previews = directory("previews", of: server)
    func previewed(by console: Background) throws -> [FilePath] {
      guard try FileStatus.of(previews) != nil else { return [] }
      return try FileReading.names(in: previews)
        .filter { $0.string.hasPrefix("\(console.pid).") }.map { previews.appending($0) }
    }
    func start() throws -> Background {
      let console = try startConsole(
        server, "wait STALE", "text /", "text slow", "key Enter Enter", "wait being computed")
      try wait {
        try previewed(by: console).contains { try !FileReading.names(in: $0).isEmpty }
      }
      return console
    }
    let killed = try start()
    kill(killed.pid, SIGKILL)
    killed.wait()
    #expect(try previewed(by: killed).count == 1)
    let other = try start()
    defer { other.stop() }
    #expect(try previewed(by: killed).isEmpty)
    let result = try server.script("wait STALE")
    #expect(result.code == 0)
    #expect(try previewed(by: other).contains { try !FileReading.names(in: $0).isEmpty })
    // A number that another process has now, and a name that is none of ours.
    let reused = previews.appending("\(getpid()).1")
    let foreign = previews.appending("notes")
    for path in [reused, foreign] { try path.appending("file").write("") }
    _ = try server.script("wait STALE")
    #expect(try FileStatus.of(reused) == nil)
    #expect(try FileStatus.of(foreign) != nil)
  }
}
