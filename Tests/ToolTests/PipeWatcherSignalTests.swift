import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The service as a process: one instance, its signals, its sleep.
@Suite(.scratch, .timeLimit(.minutes(5))) struct PipeWatcherSignalTests {
  /// WATCH 5.
  @Test func `a second instance ends at once and tells who runs`() throws {
    let server = try ToolServer()
    let service = try server.startService()
    let pid = try #require(server.sandbox).waitUntilUp(service)
    let second = try Tools.run([try Tools.own("pipe-watcher"), "--root", server.root.string])
    #expect(second.code == 111)
    #expect(
      second.text.hasPrefix(
        "pipe-watcher: fatal: the service runs already: pipe-watcher (pid \(pid)), since "),
      "\(second.text)")
    // The first one has its pipe still.
    try shell(": >$1", server.pipe)
    try server.wait(for: "pass: poke: pipe")
  }

  @Test func `HUP takes a good configuration, keeps the old one when it is bad; ALRM makes a pass`()
    throws
  {
    let server = try ToolServer()
    try server.configure(ToolServer.quick + server.rule("x", script: "cat $2 >$1"))
    try server.path("etc/x.txt").write("a\n")
    let service = try server.startService()
    try server.configure("settle = \"soon\"\n")
    try server.sandbox?.control("h", service)
    try server.wait(for: "configuration: kept as it was: ")
    try server.wait(for: "pass: hangup")
    try server.path("etc/x.txt").write("b\n")
    try server.wait("the old rule") { try server.path("etc/x").text == "b\n" }

    try server.configure(
      "pipe = \"/etc/x.txt\"\n" + ToolServer.quick + server.rule("x", script: "cat $2 >$1"))
    try server.sandbox?.control("h", service)
    try server.wait(for: "configuration: kept as it was: ", beyond: 1)
    let pokes = server.count("pass: poke: pipe")
    try shell(": >$1", server.pipe)
    try server.wait(for: "pass: poke: pipe", beyond: pokes)

    let script = try server.script("upper", "tr a-z A-Z <$2 >$1")
    try server.configure(
      ToolServer.quick
        + """
        [rules.x]
        inputs = ["/etc/x.txt"]
        product = "/etc/x"
        command = ["\(script)", "{candidate}", "\(server.path("etc/x.txt"))"]
        """)
    try server.sandbox?.control("h", service)
    try server.wait("the new rule") { try server.path("etc/x").text == "B\n" }

    let alarms = server.count("pass: poke: alarm")
    try server.sandbox?.control("a", service)
    try server.wait(for: "pass: poke: alarm", beyond: alarms)

    let other = server.path("run/other/trigger")
    try server.configure("pipe = \"/run/other/trigger\"\n" + ToolServer.quick)
    try server.sandbox?.control("h", service)
    try server.wait(for: "watch: trigger pipe \(other) is served, \(server.pipe) is no longer")
    let others = server.count("pass: poke: pipe")
    try shell(": >$1", other)
    try server.wait(for: "pass: poke: pipe", beyond: others)
    #expect(server.count("started: pid") == 1)
  }

  /// Runs pipe-watcher as our own child until it ends by TERM.
  func end(_ server: ToolServer, after line: String) throws -> ChildProcess.Outcome {
    let loop = EventLoop()
    var outcome: ChildProcess.Outcome?
    let log = Scratch.directory.appending("log")
    let child = try loop.run(
      Command([
        "sh", "-c", "exec \"$0\" --root \"$1\" --verbose >\"$2\" 2>&1",
        try Tools.own("pipe-watcher"), server.root.string, log.string,
      ]), timeout: .seconds(50)
    ) {
      outcome = $0
      loop.stop()
    }
    try server.wait(line) { try log.text.contains(line) }
    kill(child.pid, SIGTERM)
    try loop.run()
    return try #require(outcome)
  }

  @Test(arguments: [
    ("sleep 1000", "obeys"), ("trap '' TERM; sleep 1000 & wait; wait; sleep 1000", "is deaf"),
  ])
  func `TERM ends the service with exit 0, also while a builder hangs`(
    script: String, description: String
  ) throws {
    let server = try ToolServer()
    try server.configure(server.rule("x", script: "echo half >$1; \(script)"))
    try server.path("etc/x.txt").write("a\n")
    let outcome = try end(server, after: "x: stale")
    #expect(outcome.ending == .exited(0))
    #expect(!outcome.isTimedOut)
    #expect(try FileStatus.of(server.path("etc/x")) == nil)
    let left = try server.leftovers()
    #expect(left == [])
    #expect(try Scratch.directory.appending("log").text.contains("pipe-watcher: ending: TERM"))
  }

  /// WATCH 18.
  @Test func `asleep it makes no system call`() throws {
    let server = try ToolServer()
    try server.configure(ToolServer.quick)
    try server.control("me").write("mx.example\n")
    try server.control("morercpthosts").write("a.example\n")
    let service = try server.startService(ToolServer.addSend)
    let pid = try #require(server.sandbox).waitUntilUp(service)
    try server.wait("rest") { server.log.last?.hasPrefix("pass: ended") == true }
    usleep(1_000_000)
    func switches() throws -> [Substring] {
      // /proc has no sizes: cat reads it.
      try Tools.run(["cat", "/proc/\(pid)/status"]).text.split(separator: "\n")
        .filter { $0.contains("ctxt_switches") }
    }
    let before = try switches()
    let trace = try Tools.run([
      "sh", "-c", "timeout -s INT 3 strace -f -c -o \"$0\" -p $1 2>/dev/null; cat \"$0\"",
      Scratch.directory.appending("trace").string, "\(pid)",
    ])
    #expect(!trace.text.contains("poll") && !trace.text.contains("read"), "\(trace.text)")
    // strace itself stops the process once to attach.
    let idle = try switches()
    usleep(3_000_000)
    #expect(try switches() == idle)
    #expect(before.count == 2)
    // And it wakes up.
    try server.control("morercpthosts").write("b.example\n")
    try server.wait("a build") {
      try server.dump(server.control("morercpthosts.cdb")) == ["+9,0:b.example->"]
    }
  }
}
