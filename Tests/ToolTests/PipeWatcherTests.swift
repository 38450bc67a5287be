import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The service under the real svscan, supervise, multilog and svc.
@Suite(.scratch, .timeLimit(.minutes(5))) struct PipeWatcherTests {
  static let quick = "settle = 0.05\nstays_up = 1.5\nreload_check = 0.1\n"

  // MARK: - Files

  /// WATCH 7: the ways in which editors and programs save a file; `$1` is the file, `$2` the text.
  static let saves = [
    ("echo >>", "echo $2 >>$1"), ("cat >", "{ cat $1; echo $2; } >$1.all; cat $1.all >$1"),
    ("vi's rename", "cp $1 $1~; { cat $1~; echo $2; } >$1.new; mv $1.new $1; rm $1~"),
    ("real vim", "vim -u NONE -es -c \"\\$put='$2'\" -c wq $1"),
    ("real ed", "printf '$a\\n%s\\n.\\nw\\nq\\n' $2 | ed -s $1"),
    ("sed -i", "sed -i \"\\$a$2\" $1"),
    ("cp", "{ cat $1; echo $2; } >$1.all; cp $1.all $1"),
    (
      "cp -p of an older file",
      "{ cat $1; echo $2; } >$1.all; touch -d 2001-01-01 $1.all; cp -p $1.all $1"
    ),
    ("mv of an older file", "{ cat $1; echo $2; } >$1.o; touch -d 2001-01-01 $1.o; mv $1.o $1"),
    ("removed and created", "c=$(cat $1; echo $2); rm $1; sleep 0.2; echo \"$c\" >$1"),
    ("a link in its place", "{ cat $1; echo $2; } >$1.real; ln -sf ${1##*/}.real $1"),
    (
      "vpopmail's rename and chmod",
      "{ cat $1; echo $2; } >$1.77; chmod 600 $1.77; rm $1; mv $1.77 $1; sleep 0.1; chmod 644 $1"
    ),
  ]

  @Test func `every way to save a file is seen, and the log tells it`() throws {
    let server = try ToolServer()
    try server.configure(Self.quick)
    let file = server.control("morercpthosts")
    try file.write("first.example\n")
    try server.startService()
    for (number, save) in Self.saves.enumerated() {
      let name = "d\(100 + number).example"
      let saved = try Tools.run(["sh", "-euc", save.1, "sh", file.string, name])
      #expect(saved.code == 0, "\(save.0): \(saved.text)")
      try server.wait("\(name) by \(save.0)") {
        try ConstantDatabase(opening: server.control("morercpthosts.cdb"))
          .value(for: Array(name.utf8)) != nil
      }
      // The lines of a file that was private when it was read are not kept.
      if save.0.hasPrefix("vpopmail") { continue }
      #expect(server.log.contains { $0.contains("+\(name)") }, "\(save.0): \(server.log.suffix(3))")
    }
    let count = Self.saves.count
    // Each save is one build; removing is told as a missing input.
    #expect(server.count("morercpthosts.cdb: built") <= count + 1, "\(server.log)")
    #expect(server.count("failed") == 0, "\(server.log)")

    // The same bytes, and a chmod, make passes that find nothing.
    let before = server.count("pass: ended")
    try shell(
      "c=$(cat $1); echo \"$c\" >$1; sleep 0.2; chmod 600 $1; sleep 0.1; chmod 644 $1", file)
    try server.wait(for: "pass: ended", beyond: before)
    #expect(server.count("morercpthosts.cdb: built") <= count + 1)
  }

  /// WATCH 17: what happened while the service was away is done at its start.
  @Test func `an edit while the service is down is built at its start`() throws {
    let server = try ToolServer()
    try server.configure(Self.quick)
    try server.control("morercpthosts").write("a.example\n")
    let service = try server.startService()
    try server.sandbox?.control("d", service)
    try server.sandbox?.wait(service) { $0.hasPrefix("down") }
    #expect(server.log.last == "pipe-watcher: ending: TERM")
    try server.control("morercpthosts").write("b.example\n")
    try server.path("etc/tcp.smtp").write(":allow\n")
    // Nobody waits who pokes a service that is down: vpopmail's onchange.
    let pipe = server.pipe
    try shell("touch $1", pipe)
    try server.sandbox?.control("u", service)
    try server.wait("the build") {
      try server.dump(server.control("morercpthosts.cdb")) == ["+9,0:b.example->"]
        && server.dump(server.path("etc/tcp.smtp.cdb")) == ["+0,0:->"]
    }
  }

  // MARK: - Pokes

  /// A slow builder that complains when another one runs.
  static let slow = """
    mkdir $2.busy || echo overlap >>$2.bad
    echo run >>$2.runs
    cat $2 >$1; sleep 0.15; rmdir $2.busy
    """

  func runs(_ server: ToolServer, _ rule: String = "x") -> Int {
    ((try? server.path("etc/\(rule).txt.runs").text) ?? "").split(separator: "\n").count
  }

  /// WATCH 1, 2 and 4.
  @Test func `500 pokes at random moments during slow builds: a pass begins after the last`() throws
  {
    let server = try ToolServer()
    // Nothing but the pokes tells of the edits.
    try server.configure(
      "watch = false\n" + Self.quick + server.rule("x", script: Self.slow))
    let input = server.path("etc/x.txt")
    try input.write("0\n")
    try server.startService()
    for round in 1...5 {
      let before = runs(server)
      try shell(
        """
        i=0
        while [ $i -lt 100 ]; do
          i=$((i + 1)); echo "$3.$i" >$1
          case $((i % 3)) in 0) echo >$2;; 1) touch $2;; 2) : >$2;; esac
          [ $((i % 7)) != 0 ] || sleep 0.0$((i % 9))
        done
        """, input, server.pipe, FilePath("\(round)"))
      try server.wait("the last poke of round \(round)") {
        try server.path("etc/x").text == "\(round).100\n"
      }
      #expect(runs(server) - before < 40, "a burst is few runs")
    }
    #expect(try FileStatus.of(server.path("etc/x.txt.bad")) == nil, "two builders at once")
  }

  /// WATCH 4 and 20: a flood is few runs, and the service still answers.
  @Test func `a burst of 1,000 pokes is at most one run and one more`() throws {
    let server = try ToolServer()
    try server.configure("watch = false\n" + Self.quick + server.rule("x", script: Self.slow))
    let input = server.path("etc/x.txt")
    try input.write("0\n")
    try server.startService()
    let (runsBefore, passesBefore) = (runs(server), server.count("pass: ended"))
    let began = Instant.now
    try shell(
      "echo 1 >$1; i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); : >$2; done; echo 2 >$1; : >$2",
      input, server.pipe)
    try server.wait("the last edit") { try server.path("etc/x").text == "2\n" }
    #expect(runs(server) - runsBefore <= 2)
    // Ten at once, then one a second.
    let passes = server.count("pass: ended") - passesBefore
    #expect(passes <= 11 + Int((Instant.now - began).seconds), "\(passes)")
    try shell("sleep 1.1; echo 3 >$1; touch $2", input, server.pipe)
    try server.wait("an answer after the flood") { try server.path("etc/x").text == "3\n" }
    #expect(try FileStatus.of(server.path("etc/x.txt.bad")) == nil)
  }

  /// WATCH 3 and 10: what changes while it is built from is built from again.
  @Test func `200 edits at random moments during slow builds, without a poke: the last is in`()
    throws
  {
    let server = try ToolServer()
    try server.configure(Self.quick + server.rule("x", script: Self.slow))
    let input = server.path("etc/x.txt")
    try input.write("0\n")
    try server.startService()
    for round in 1...4 {
      try shell(
        """
        i=0
        while [ $i -lt 50 ]; do
          i=$((i + 1))
          case $((i % 2)) in 0) echo $2.$i >$1;; 1) echo $2.$i >$1.n; mv $1.n $1;; esac
          sleep 0.0$((i * 7 % 10))
        done
        """, input, FilePath("\(round)"))
      try server.wait("the last edit of round \(round)") {
        try server.path("etc/x").text == "\(round).50\n"
      }
    }
    #expect(try FileStatus.of(server.path("etc/x.txt.bad")) == nil, "two builders at once")
    #expect(runs(server) < 100)
  }

  @Test func `a failed rule is tried again by the service itself`() throws {
    let server = try ToolServer()
    try server.configure(
      Self.quick
        + server.rule("x", script: "if [ ! -e $2.ok ]; then : >$2.ok; exit 1; fi; cat $2 >$1"))
    try server.path("etc/x.txt").write("a\n")
    try server.startService()
    try server.wait(for: "x: failed: ")
    try server.wait("the second try") { try server.path("etc/x").text == "a\n" }
    #expect(server.count("pass: retry") == 1)
  }

  @Test func `what no file shows is made at a poke, and once more when vpopmail has done its work`()
    throws
  {
    let server = try ToolServer()
    // A database that nobody watches; vpopmail pokes before it deletes from it.
    let hidden = Scratch.directory.appending("database")
    try hidden.write("ann bob\n")
    try server.configure(
      Self.quick + server.rule("x", script: "cat \(hidden) >$1", "opaque = true"))
    try server.path("etc/x.txt").write("")
    try server.startService()
    try server.wait("the first list") { try server.path("etc/x").text == "ann bob\n" }
    try shell("touch $1", server.pipe)
    try server.wait(for: "1 ran, in", beyond: 1)
    try hidden.write("ann\n")
    try server.wait("the list without bob") { try server.path("etc/x").text == "ann\n" }
    #expect(server.count("opaque rules once more after the last poke") > 0, "\(server.log)")
  }

  // MARK: - One instance, and its death

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
      Self.quick + """
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
      let before = runs(server)
      try input.write("\(number)\n")
      try server.wait("the builder") { runs(server) > before }
      try server.sandbox?.control("k", service)
      // The next service waits for the builder that the killed one has left.
      try server.wait(for: "lock: held by pipe-watcher (pid ", beyond: number - 1)
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
      Self.quick
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

  /// A stand-in for qmail-send, which counts what it is told.
  static func addSend(_ sandbox: ServiceSandbox) throws {
    try sandbox.add(
      "qmail-send",
      run: """
        exec 2>&1
        cd '\(sandbox.directory)/qmail-send'
        trap 'echo HUP >>hups' HUP
        trap 'exit 0' TERM
        echo start >>starts
        while :; do sleep 0.02; done
        """, log: ["t", "./main"])
  }

  func lines(_ server: ToolServer, _ name: String) -> Int {
    ((try? server.path("service/qmail-send/\(name)").text) ?? "").split(separator: "\n").count
  }

  /// WATCH 15.
  @Test func `killed between build and reload, the reload still happens, once`() throws {
    let server = try ToolServer()
    try server.configure(
      Self.quick
        + server.rule("x", script: "echo run >>$2.runs; [ ! -e $2.slow ] || sleep 1; cat $2 >$1")
        + "[rules.qmail-send]\nafter = [\"x\"]\n")
    try server.control("locals").write("a.example\n")
    try server.path("etc/x.txt").write("0\n")
    let service = try server.startService(Self.addSend)
    try server.wait("qmail-send") { lines(server, "starts") == 1 }
    try server.wait("rest") { server.log.last?.hasPrefix("pass: ended") == true }
    let before = runs(server)
    try server.path("etc/x.txt.slow").write("")
    try shell("echo b.example >>$1; echo 1 >$2", server.control("locals"), server.path("etc/x.txt"))
    try server.wait("the build that comes first") { runs(server) > before }
    #expect(lines(server, "hups") == 0)
    try server.sandbox?.control("k", service)
    try FileOperations.remove(server.path("etc/x.txt.slow"))
    try server.wait(for: "qmail-send: reloaded, in")
    try shell("touch $1; sleep 0.5", server.pipe)
    #expect(lines(server, "hups") == 1)
    #expect(lines(server, "starts") == 1)
  }

  /// WATCH 16.
  @Test func `a service that crashes, one that is down and one without supervise are told`() throws
  {
    let server = try ToolServer()
    try server.configure(
      Self.quick + """
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

  // MARK: - Signals

  @Test func `HUP takes a good configuration, keeps the old one when it is bad; ALRM makes a pass`()
    throws
  {
    let server = try ToolServer()
    try server.configure(Self.quick + server.rule("x", script: "cat $2 >$1"))
    try server.path("etc/x.txt").write("a\n")
    let service = try server.startService()
    try server.configure("settle = \"soon\"\n")
    try server.sandbox?.control("h", service)
    try server.wait(for: "configuration: kept as it was: ")
    try server.wait(for: "pass: hangup")
    try server.path("etc/x.txt").write("b\n")
    try server.wait("the old rule") { try server.path("etc/x").text == "b\n" }

    try server.configure(
      "pipe = \"/etc/x.txt\"\n" + Self.quick + server.rule("x", script: "cat $2 >$1"))
    try server.sandbox?.control("h", service)
    try server.wait(for: "configuration: kept as it was: ", beyond: 1)
    let pokes = server.count("pass: poke: pipe")
    try shell(": >$1", server.pipe)
    try server.wait(for: "pass: poke: pipe", beyond: pokes)

    let script = try server.script("upper", "tr a-z A-Z <$2 >$1")
    try server.configure(
      Self.quick
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
    try server.configure(Self.quick)
    try server.control("morercpthosts").write("a.example\n")
    let service = try server.startService(Self.addSend)
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

  /// WATCH 21: when update-qmail returns, everything before it is in.
  @Test func `after an edit, update-qmail returns only when the new key is live`() throws {
    let server = try ToolServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.startService()
    for number in 100..<115 {
      try server.control("morercpthosts").write("d\(number).example\n")
      #expect(try server.updateQmail().code == 0)
      #expect(
        try server.dump(server.control("morercpthosts.cdb")) == ["+12,0:d\(number).example->"])
    }
    #expect(server.count("failed") == 0, "\(server.log)")
  }
}
