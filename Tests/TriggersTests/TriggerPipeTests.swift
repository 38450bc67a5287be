import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Triggers

@Suite(.scratch, .timeLimit(.minutes(1))) struct TriggerPipeTests {
  var path: FilePath { Scratch.directory.appending("run/trigger") }

  // MARK: Pokes

  @Test(arguments: pokeCommands) func `each of 20 idle pokes is reported once`(
    command: String
  ) throws {
    let harness = try PipeHarness(path)
    for number in 1...20 {
      try harness.start(command) { #expect($0.isSuccess) }
      #expect(try harness.run { harness.pokes >= number })
      try harness.run(for: .milliseconds(30))
    }
    // A writer that is very slow to close is seen twice; none is missed.
    #expect((20...24).contains(harness.pokes))
  }

  @Test func `500 pokes while a pass is running: one is always reported afterwards`() throws {
    let harness = try PipeHarness(path)
    var (sent, reportedAtLast) = (0, 0)
    var random = SystemRandomNumberGenerator()
    harness.onPoke = {
      for _ in 0..<Int.random(in: 1...5, using: &random) where sent < 500 {
        usleep(UInt32.random(in: 0...1500, using: &random))
        let command = pokeCommands.randomElement(using: &random) ?? ""
        #expect(throws: Never.self) { try harness.shell(command) }
        sent += 1
        reportedAtLast = harness.pokes
      }
    }
    try harness.start(": > \"$1\"") { #expect($0.isSuccess) }
    while sent < 500 {
      let isReported = try harness.run { harness.pokes > reportedAtLast }
      try #require(isReported, "lost after \(sent) pokes")
    }
    #expect(try harness.run { harness.pokes > reportedAtLast })
  }

  @Test func `a pass begins after the last of pokes at random moments`() throws {
    let harness = try PipeHarness(path)
    var lastPass = Timestamp.now
    harness.onPoke = {
      lastPass = .now
      usleep(UInt32.random(in: 0...8000))
    }
    let round = """
      for poke in 1 2 3 4 5 6 7 8 9 10; do
        date +%s%N
        case $(($(od -An -N1 -tu1 /dev/urandom) % 3)) in
          0) touch "$1" ;; 1) echo > "$1" ;; 2) : > "$1" ;;
        esac
      done
      """
    for _ in 0..<25 {
      var outcome: ChildProcess.Outcome?
      try harness.start(round) { outcome = $0 }
      try harness.run { outcome != nil }
      let last = try #require(outcome?.output.lines.last.flatMap { Int64($0) })
      #expect(try harness.run { lastPass.nanoseconds > last })
    }
  }

  @Test func `a poke from within the report is reported again: it is armed before`() throws {
    let harness = try PipeHarness(path)
    harness.onPoke = {
      if harness.pokes <= 3 { #expect(throws: Never.self) { try harness.shell("touch \"$1\"") } }
    }
    try harness.start("touch \"$1\"") { _ in }
    #expect(try harness.run { harness.pokes >= 4 })
  }

  @Test func `no writer waits while the service is busy`() throws {
    let harness = try PipeHarness(path)
    // The loop does not turn at all here; a writer that waits is stopped and fails.
    for command in pokeCommands {
      for _ in 0..<20 { try harness.shell("timeout 5 sh -c '\(command)' sh \"$1\"") }
    }
    #expect(try harness.waitForPoke())
  }

  @Test(arguments: pokeCommands) func `a writer that never leaves hides no poke of others`(
    command: String
  ) throws {
    let harness = try PipeHarness(path)
    let holder = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_NONBLOCK)
    try harness.run(for: .milliseconds(50))
    for _ in 0..<10 {
      let before = harness.pokes
      try harness.start(command) { #expect($0.isSuccess) }
      #expect(try harness.run { harness.pokes > before })
      try harness.run(for: .milliseconds(30))
    }
    withExtendedLifetime(holder) {}
  }

  @Test func `a touch that may set nothing but the time stamps counts`() throws {
    // What touch falls back to where fs.protected_fifos refuses to open the FIFO.
    let harness = try PipeHarness(path)
    for number in 1...5 {
      path.withPlatformString { _ = utimensat(AT_FDCWD, $0, nil, 0) }
      #expect(try harness.run { harness.pokes >= number })
    }
  }

  @Test func `data is thrown away, also more than the pipe holds`() throws {
    let harness = try PipeHarness(path)
    var isDone = false
    try harness.start("head -c 1000000 /dev/zero > \"$1\"") {
      #expect($0.isSuccess)
      isDone = true
    }
    #expect(try harness.run { isDone })
    try harness.run(for: .milliseconds(100))
    let before = harness.pokes
    try harness.run(for: .milliseconds(100))
    #expect(harness.pokes == before)
  }

  @Test func `a flood does not spin, and a poke follows its last`() throws {
    let harness = try PipeHarness(path)
    let start = Instant.now
    try harness.start("timeout 1 sh -c 'while :; do : > \"$1\"; done' sh \"$1\"") { _ in }
    try harness.start("timeout 1 yes > \"$1\"") { _ in }
    try harness.run(for: .milliseconds(1200))
    let elapsed = (Instant.now - start).seconds
    // A burst of 100 wake-ups, then one each 10 ms, each with its timers, and the two children.
    #expect(harness.turns < 4 * (100 + Int(elapsed * 100)) + 50)
    try harness.start("touch \"$1\"") { _ in }
    #expect(try harness.waitForPoke())
  }

  @Test func `asleep it does not wake`() throws {
    let harness = try PipeHarness(path)
    try harness.run(for: .milliseconds(100))
    let (turns, switches) = (harness.turns, try voluntarySwitches())
    try harness.run(for: .seconds(2))
    #expect(harness.turns - turns == 1)
    #expect(try voluntarySwitches() - switches <= 2)
  }

  // MARK: Its place

  @Test func `pipe and directory get their exact modes despite the umask`() throws {
    // Asked for plainly, 0622 would lose its writers to the usual umask.
    let harness = try PipeHarness(path)
    #expect(try FileStatus.of(path)?.mode == 0o622)
    #expect(try FileStatus.of(path)?.kind == .fifo)
    #expect(try FileStatus.of(path.removingLastComponent())?.mode == 0o755)
    #expect(try FileReading.names(in: path.removingLastComponent()) == ["trigger"])
    #expect(harness.lines == [])
  }

  @Test func `an existing FIFO of ours is taken over with its mode`() throws {
    try FileOperations.makeDirectory(path.removingLastComponent())
    path.withPlatformString { _ = mkfifo($0, 0o600) }
    let inode = try FileStatus.of(path)?.inode
    let harness = try PipeHarness(path)
    try harness.start("touch \"$1\"") { _ in }
    #expect(try harness.waitForPoke())
    #expect(try FileStatus.of(path)?.inode == inode)
    #expect(try FileStatus.of(path)?.mode == 0o600)
  }

  @Test func `writers that were blocked before the service came are served`() throws {
    try FileOperations.makeDirectory(path.removingLastComponent())
    path.withPlatformString { _ = mkfifo($0, 0o600) }
    let loop = EventLoop()
    var ended: ChildProcess.Outcome?
    try loop.run(
      Command(["sh", "-c", "echo > \"$1\"", "sh", path.string]), timeout: .seconds(20)
    ) { ended = $0 }
    usleep(50_000)
    let harness = try PipeHarness(path)
    #expect(try harness.waitForPoke())
    while ended == nil { try loop.turn() }
    #expect(ended?.isSuccess == true)
  }

  @Test(arguments: ["", "\n"])
  func `a plain file that a touch or an echo has left is replaced`(contents: String) throws {
    try path.write(contents)
    let harness = try PipeHarness(path)
    #expect(try FileStatus.of(path)?.kind == .fifo)
    try harness.start("touch \"$1\"") { _ in }
    #expect(try harness.waitForPoke())
  }

  @Test func `an empty file in a directory that others write to is not replaced`() throws {
    try path.write("")
    chmod(path.removingLastComponent().string, 0o775)
    #expect(
      throws: TriggerPipeError.occupied(path, by: "a plain file of 0 bytes of uid \(getuid())")
    ) {
      try PipePlace(path: path).open()
    }
  }

  @Test func `anything else in its place is an error that says what it is`() throws {
    let directory = path.removingLastComponent()
    func message() -> String {
      do {
        _ = try PipeHarness(path)
        return "taken"
      } catch { return "\(error)" }
    }
    let expected = "expected a FIFO of root or of our own user"
    try path.write("text")
    #expect(
      message() == "unable to use trigger pipe \(path): found a plain file of 4 bytes of uid "
        + "\(getuid()), \(expected)")
    #expect(try path.text == "text")
    try FileOperations.remove(path)
    try FileOperations.makeDirectory(path)
    #expect(message().contains("found a directory"))
    try removeTree(path)
    symlink("/dev/null", path.string)
    #expect(message().contains("found a symbolic link"))
    try FileOperations.remove(path)
    try directory.appending("other").write("x")
    symlink("other", path.string)
    #expect(message().contains("found a symbolic link"))
  }

  @Test(.enabled(if: getuid() == 0)) func `a stranger's FIFO is refused`() throws {
    try FileOperations.makeDirectory(path.removingLastComponent())
    path.withPlatformString { _ = mkfifo($0, 0o622) }
    chown(path.string, 1234, 1234)
    #expect(throws: TriggerPipeError.occupied(path, by: "a FIFO of uid 1234")) {
      try PipeHarness(path)
    }
    #expect(try FileStatus.of(path)?.owner == 1234)
  }

  @Test func `a directory where everybody replaces files is refused, a sticky one is warned of`()
    throws
  {
    let directory = path.removingLastComponent()
    try FileOperations.makeDirectory(directory)
    chmod(directory.string, 0o777)
    #expect(throws: TriggerPipeError.openDirectory(path, mode: 0o777)) { try PipeHarness(path) }
    #expect(try FileStatus.of(path) == nil)
    chmod(directory.string, 0o1777)
    let harness = try PipeHarness(path)
    #expect(harness.lines.count == 1)
    #expect(harness.lines.first?.contains("fs.protected_fifos") == true)
    try harness.start("touch \"$1\"") { _ in }
    #expect(try harness.waitForPoke())
  }

  // MARK: What happens to it

  static let removals = [
    "rm \"$1\"", "mv \"$1\" \"$1.old\"", "rm \"$1\" && touch \"$1\"",
    "mkfifo \"$1.new\" && mv \"$1.new\" \"$1\"",
    // The pipe may be back before its directory can go.
    "rm -r \"${1%/*}\" || true", "mv \"${1%/*}\" \"${1%/*}.old\"",
  ]

  @Test(arguments: removals) func `removed or replaced, it is restored and reports a poke`(
    command: String
  ) throws {
    let harness = try PipeHarness(path)
    for _ in 0..<2 {
      let before = harness.pokes
      // The number of an inode alone may be given again to the next file.
      let old = try FileStatus.of(path)
      try harness.start(command) { #expect($0.isSuccess, "\($0.output.lines)") }
      #expect(
        try harness.run {
          guard let status = try? FileStatus.of(path) else { return false }
          return status.kind == .fifo && status != old && harness.pokes > before
        })
      try harness.run(for: .milliseconds(50))
      #expect(harness.lines.last == "trigger pipe \(path) was removed or replaced: restored")
      try harness.start("touch \"$1\"") { _ in }
      #expect(try harness.waitForPoke())
      try? removeTree(FilePath(path.string + ".old"))
      try? removeTree(FilePath(path.removingLastComponent().string + ".old"))
    }
  }

  @Test func `a changed mode is set back`() throws {
    let harness = try PipeHarness(path)
    try harness.start("chmod 600 \"$1\"") { _ in }
    #expect(try harness.run { (try? FileStatus.of(path)?.mode) == 0o622 && !harness.lines.isEmpty })
    #expect(harness.lines == ["trigger pipe \(path): mode 0600 set back to 0622"])
  }

  @Test func `a stranger's thing in its place is told once, and tried again`() throws {
    let harness = try PipeHarness(path)
    try harness.start("rm \"$1\" && echo text > \"$1.new\" && mv \"$1.new\" \"$1\"") { _ in }
    let isTold = try harness.run { harness.lines.contains { $0.contains("a plain file of 5") } }
    #expect(isTold, "\(harness.lines)")
    try harness.run(for: .milliseconds(1300))
    #expect(harness.lines.filter { $0.contains("a plain file of 5") }.count == 1)
    try FileOperations.remove(path)
    #expect(try harness.waitForPoke())
    #expect(try FileStatus.of(path)?.kind == .fifo)
  }

  @Test(.enabled(if: getuid() == 0)) func `given to a stranger while serving, it is refused`()
    throws
  {
    let harness = try PipeHarness(path)
    chown(path.string, 1234, 1234)
    #expect(try harness.run { harness.lines.contains { $0.contains("found a FIFO of uid 1234") } })
    chown(path.string, 0, 0)
    #expect(try harness.waitForPoke())
    #expect(try FileStatus.of(path)?.mode == 0o622)
  }

  @Test func `a dropped pipe leaves nothing on the loop`() throws {
    let loop = EventLoop()
    var pipe: TriggerPipe? = try TriggerPipe(path: path, on: loop, log: { _ in }, onPoke: {})
    weak let dropped = pipe
    withExtendedLifetime(pipe) {}
    pipe = nil
    #expect(dropped == nil)
    // Nobody reads the FIFO any more, when the children that other tests start now have become
    // programs of their own.
    var reason: Errno?
    for _ in 0..<500 where reason == nil {
      do throws(SystemError) {
        _ = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_NONBLOCK)
        usleep(10_000)
      } catch {
        reason = error.errno
      }
    }
    #expect(reason == .noSuchAddressOrDevice)
  }

  private func voluntarySwitches() throws -> Int {
    let file = try OwnedDescriptor(opening: "/proc/thread-self/status", flags: O_RDONLY)
    let text = String(decoding: try file.read(upTo: 1 << 14) ?? [], as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
    return try #require(line?.split(separator: "\t").last.flatMap { Int($0) })
  }
}
