import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The service that is killed, and those that it serves.
@Suite(.scratch, .timeLimit(.minutes(5))) struct PipeWatcherCrashTests {
  /// In place: the program replaces its product itself, by way of one fixed name.
  @Test(arguments: ["in place", "{candidate}"])
  func `killed while building, it comes back and does what is owed, one builder at a time`(
    _ kind: String
  ) throws {
    let server = try ToolServer()
    let script = try server.script(
      "x",
      """
      mkdir $2.busy || echo overlap >>$2.bad
      echo run >>$2.runs
      cat $2 >$1.tmp
      for i in $(seq 1500); do [ -e $2.go ] && break; sleep 0.02; done
      mv $1.tmp $1; rmdir $2.busy
      """)
    let input = server.path("etc/x.txt")
    let target = kind == "in place" ? server.path("etc/x").string : kind
    try server.configure(
      ToolServer.quick + """
        [rules.x]
        inputs = ["/etc/x.txt"]
        product = "/etc/x"
        command = ["\(script)", "\(target)", "\(input)"]
        """)
    try input.write("0\n")
    let go = server.path("etc/x.txt.go")
    try go.write("")
    let service = try server.startService()
    for number in 1...2 {
      try FileOperations.remove(go)
      let before = server.runs()
      try input.write("\(number)\n")
      try server.wait("the builder") { server.runs() > before }
      // A run that has just begun has not told yet who holds the lock.
      try server.wait("the holder's note") {
        try server.path("var/lib/qmail-updater/lock").text.isEmpty == false
      }
      try server.sandbox?.control("k", service)
      // The next service waits for the builder that the killed one has left.
      try server.wait(for: "lock: held by x (pid ", beyond: number - 1)
      try go.write("")
      try server.wait("the product") {
        try server.path("etc/x").text == "\(number)\n"
          && server.log.last?.hasPrefix("pass: ended") == true
      }
      #expect(try FileStatus.of(server.path("etc/x.txt.bad")) == nil, "two builders at once")
    }
    #expect(server.count("started: pid") == 3)
    let left = try server.leftovers()
    #expect(left == [])
  }

  /// It does not have our lock, so it must not go on beside the next one.
  @Test func `a builder with a user of its own ends with the service that is killed`() throws {
    let server = try ToolServer()
    try server.path("etc/passwd").write("lists:x:61234:61234::/:/bin/false\n")
    let pids = Scratch.directory.appending("pids")
    try pids.write("", mode: 0o666)
    try server.configure(
      ToolServer.quick
        + server.rule(
          "x", script: "echo $$ >>\(pids); cat $2 >$1; [ ! -e $2.slow ] || exec sleep 1000",
          "user = \"lists\""))
    try server.path("etc/x.txt").write("1\n")
    let service = try server.startService()
    #expect(try server.path("etc/x").text == "1\n")
    try server.path("etc/x.txt.slow").write("")
    try server.path("etc/x.txt").write("2\n")
    try server.wait("the builder") { try pids.text.split(separator: "\n").count == 2 }
    try FileOperations.remove(server.path("etc/x.txt.slow"))
    try server.sandbox?.control("k", service)
    try server.wait("the product") { try server.path("etc/x").text == "2\n" }
    // Dead, if perhaps not reaped yet: /proc has no sizes, so cat reads it.
    let orphan = try #require(try pids.text.split(separator: "\n").dropFirst().first)
    let left = try Tools.run(["cat", "/proc/\(orphan)/cmdline"])
    #expect(left.code != 0 || left.bytes.isEmpty, "\(left.text)")
  }

  /// WATCH 15.
  @Test func `killed between build and reload, the reload still happens, once`() throws {
    let server = try ToolServer()
    try server.configure(
      ToolServer.quick
        + server.rule(
          "x",
          script: "echo run >>$2.runs; while [ -e $2.slow ]; do sleep 0.05; done; cat $2 >$1")
        + "[rules.qmail-send]\nafter = [\"x\"]\n")
    try server.control("locals").write("a.example\n")
    try server.path("etc/x.txt").write("0\n")
    let service = try server.startService(ToolServer.addSend)
    try server.wait("qmail-send") { server.sendLines("starts") == 1 }
    try server.wait("rest") { server.log.last?.hasPrefix("pass: ended") == true }
    // One whose start and files are of the same moment is reloaded once, to be sure.
    let (before, hups) = (server.runs(), server.sendLines("hups"))
    try server.path("etc/x.txt.slow").write("")
    // A pass may begin between the two.
    try shell("echo 1 >$2; echo b.example >>$1", server.control("locals"), server.path("etc/x.txt"))
    try server.wait("the build that comes first") { server.runs() > before }
    #expect(server.sendLines("hups") == hups, "\(server.log)")
    try server.sandbox?.control("k", service)
    try server.wait("the next service") {
      server.log.filter { $0.hasPrefix("pipe-watcher: started") }.count == 2
    }
    try FileOperations.remove(server.path("etc/x.txt.slow"))
    try server.wait(for: "qmail-send: reloaded, in")
    try shell("touch $1; sleep 0.5", server.pipe)
    #expect(server.sendLines("hups") == hups + 1, "\(server.log)")
    #expect(server.sendLines("starts") == 1)
  }

  /// WATCH 16.
  @Test func `a service that crashes, one that is down and one without supervise are told`() throws
  {
    let server = try ToolServer()
    try server.configure(
      ToolServer.quick + """
        [rules.restart-it]
        inputs = ["/etc/a"]
        service = "crashing"
        verb = "restart"
        [rules.reload-down]
        inputs = ["/etc/a"]
        service = "down"
        [rules.reload-none]
        inputs = ["/etc/a"]
        service = "none"
        """)
    try server.control("morercpthosts").write("a.example\n")
    try FileOperations.makeDirectory(server.path("elsewhere"))
    try server.startService { sandbox in
      let crashing = try sandbox.add("crashing", run: "[ ! -e crash ] || exit 1; exec sleep 1000")
      _ = crashing
      try sandbox.add("down", run: "exec sleep 1000", isNormallyUp: false)
    }
    try server.path("service/crashing/crash").write("")
    try shell(
      "sleep 0.1; echo 1 >$1; echo b.example >$2", server.path("etc/a"),
      server.control("morercpthosts"))
    try server.wait(for: "restart-it: failed: the new process does not stay up")
    try server.wait("the others") {
      try server.dump(server.control("morercpthosts.cdb")) == ["+9,0:b.example->"]
    }
    #expect(server.count("reload-down: off: the service is down") == 1, "\(server.log)")
    #expect(server.count("reload-none: off: ") == 1, "\(server.log)")
  }

  @Test func `a failed rule is tried again by the service itself`() throws {
    let server = try ToolServer()
    try server.configure(
      ToolServer.quick
        + server.rule("x", script: "if [ ! -e $2.ok ]; then : >$2.ok; exit 1; fi; cat $2 >$1"))
    try server.path("etc/x.txt").write("a\n")
    try server.startService()
    try server.wait(for: "x: failed: ")
    try server.wait("the second try") { try server.path("etc/x").text == "a\n" }
    #expect(server.count("pass: retry") == 1)
  }
}
