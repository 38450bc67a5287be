import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch, .timeLimit(.minutes(1))) struct ChildProcessTests {
  func outcome(
    of command: Command, timeout: Duration = .seconds(30)
  ) throws -> ChildProcess.Outcome {
    let loop = EventLoop()
    var result: ChildProcess.Outcome?
    try loop.run(command, timeout: timeout) { outcome in
      result = outcome
      loop.stop()
    }
    try loop.run()
    return try #require(result)
  }

  @Test func `output and exit code are collected`() throws {
    let outcome = try outcome(of: Command(["sh", "-c", "echo one; echo two >&2; exit 7"]))
    #expect(outcome.ending == .exited(7))
    #expect(outcome.output.lines == ["one", "two"])
    #expect(!outcome.isSuccess)
  }

  @Test func `a hanging child is stopped with its group`() throws {
    let outcome = try outcome(
      of: Command(["sh", "-c", "sleep 1000 & wait"]), timeout: .milliseconds(50))
    #expect(outcome.isTimedOut)
    #expect(outcome.ending == .killed(signal: 15))
  }

  @Test func `a child that is stopped again and again ends no later`() throws {
    let loop = EventLoop()
    var ending: ChildProcess.Ending?
    let child = try loop.run(
      Command(["sh", "-c", "trap '' TERM; sleep 100"]), timeout: .seconds(60)
    ) { outcome in
      ending = outcome.ending
      loop.stop()
    }
    let began = Instant.now
    for second in [0.2, 2, 4] { loop.schedule(after: .seconds(second)) { child.stop() } }
    try loop.run()
    #expect(ending == .killed(signal: SIGKILL))
    #expect(Instant.now - began < .seconds(7.5))
  }

  @Test func `a child that has ended is not stopped, nor who has its group now`() throws {
    let loop = EventLoop()
    var output = BoundedOutput(limit: 1)
    let child = try loop.run(
      Command(["sh", "-c", "sleep 100 >/dev/null 2>&1 & echo $!"]), timeout: .seconds(30)
    ) { outcome in
      output = outcome.output
      loop.stop()
    }
    try loop.run()
    let other = try #require(output.lines.first.flatMap { Int32($0) })
    defer { kill(other, SIGKILL) }
    child.stop()
    usleep(50_000)
    #expect(RunningProcess(other)?.isZombie == false)
  }

  @Test(arguments: [(["sleep", "0.2"], 300_000), (["cat", "pipe"], 1)] as [([String], Int32)])
  func `a child is left alone until it has ended or the moment is over`(
    arguments: [String], milliseconds: Int32
  ) throws {
    let pipe = Scratch.directory.appending("pipe")
    try #require(mkfifo(pipe.string, 0o600) == 0)
    let loop = EventLoop()
    var ending: ChildProcess.Ending?
    let command = Command(arguments.map { $0 == "pipe" ? pipe.string : $0 })
    let child = try loop.run(command, timeout: .seconds(60)) { outcome in
      ending = outcome.ending
      loop.stop()
    }
    child.letComeUp(within: milliseconds)
    let status = try FileReading.contents(of: FilePath("/proc/\(child.pid)/stat"))
    let isZombie = String(decoding: status, as: UTF8.self).contains(") Z ")
    #expect(isZombie == (milliseconds > 1))
    // The end is served by the loop alone.
    #expect(ending == nil)
    child.stop()
    try loop.run()
    #expect(ending != nil)
  }

  @Test func `a child has null input, no blocked signal and no descriptor of ours`() throws {
    // The directory's own descriptor is the fourth.
    #expect(
      try outcome(of: Command(["ls", "/proc/self/fd"])).output.lines == ["0", "1", "2", "3"])
    #expect(try outcome(of: Command(["cat"])).output.lines == [])
    let masks = try outcome(of: Command(["grep", "-E", "SigBlk|SigIgn", "/proc/self/status"]))
    // Bits 31 and 32 are the C library's own signals, which nobody can reset.
    let standard = masks.output.lines.map {
      UInt64($0.suffix(16), radix: 16).map { $0 & 0x7fff_ffff }
    }
    #expect(standard == [0, 0])
  }

  @Test func `a program that is not there is an error that names it`() {
    #expect(throws: SystemError("run", "no-such-program", .noSuchFileOrDirectory)) {
      try outcome(of: Command(["no-such-program"]))
    }
  }

  @Test func `a name with a slash is a path, and PATH is not asked`() throws {
    let outcome = try outcome(of: Command(["/bin/echo", "one"]))
    #expect(outcome.output.lines == ["one"])
    #expect(throws: SystemError("run", "./echo", .noSuchFileOrDirectory)) {
      try self.outcome(of: Command(["./echo", "one"]))
    }
  }

  @Test func `what no kernel can run is an error, and goes to no shell`() throws {
    let script = Scratch.directory.appending("script")
    try script.write("echo run by a shell\n", mode: 0o755)
    #expect(throws: SystemError("run", script.visible, .execFormatError)) {
      try outcome(of: Command([script.string]))
    }
    let plain = Scratch.directory.appending("plain")
    try plain.write("#!/bin/sh\n")
    #expect(throws: SystemError("run", plain.visible, .permissionDenied)) {
      try outcome(of: Command([plain.string]))
    }
  }

  @Test func `a child gets what we ignore as usual, and a lock that is its descriptor 3`() throws {
    Signals.ignore(.windowChanged)
    let ignored = try outcome(of: Command(["grep", "SigIgn", "/proc/self/status"]))
    let bits = ignored.output.lines.first.flatMap { UInt64($0.suffix(16), radix: 16) }
    #expect(bits.map { $0 & 0x7fff_ffff } == 0)

    let lock = try FileLock(Scratch.directory.appending("lock"))
    let loop = EventLoop()
    var lines: [String] = []
    try loop.run(
      Command(["readlink", "/proc/self/fd/3"]), timeout: .seconds(30), sharing: lock,
      reporting: { _ in }
    ) { outcome in
      lines = outcome.output.lines
      loop.stop()
    }
    try loop.run()
    #expect(lines == [lock.path.string])
  }

  @Test func `long output keeps its ends`() throws {
    let outcome = try outcome(of: Command(["seq", "1", "100000"]))
    #expect(outcome.output.lines.first == "1")
    #expect(outcome.output.lines.last == "100000")
    #expect(outcome.output.dropped > 0)
    #expect(outcome.output.bytes.count <= 1 << 14)
  }
}
