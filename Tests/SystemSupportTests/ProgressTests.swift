import SystemSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProgressTests {
  @Test(arguments: [
    ("120 1000 domains", Progress(done: 120, total: 1000, unit: "domains")),
    ("0 7", Progress(done: 0, total: 7, unit: "")),
    ("7 7 \u{1b}[31m", Progress(done: 7, total: 7, unit: #"\x1b[31m"#)),
    ("1 2 a b", Progress(done: 1, total: 2, unit: "a b")),
  ])
  func `a line is a report`(_ line: String, _ progress: Progress) {
    #expect(Progress(line: line.utf8) == progress)
  }

  @Test(arguments: [
    "", "1", "x 2 y", "3 2 domains", "0 0 domains", "-1 2", "+1 2", "1 99999999999999999999",
    "1.5 2",
    "1 2 " + String(repeating: "x", count: 100),
  ])
  func `anything else is none`(_ line: String) {
    #expect(Progress(line: line.utf8) == nil)
  }

  /// What a child reported until it ended, in order.
  private func reports(of script: String) throws -> (reports: [Progress], output: [String]) {
    let loop = EventLoop()
    var reports: [Progress] = []
    var output: [String] = []
    try loop.run(
      Command(["sh", "-c", script]), timeout: .seconds(30), reporting: { reports.append($0) }
    ) { outcome in
      output = outcome.output.lines
      loop.stop()
    }
    try loop.run()
    return (reports, output)
  }

  @Test func `a child reports on the descriptor that its environment names`() throws {
    let (reports, output) = try reports(
      of: """
        eval "exec 9>&$QMAIL_UPDATER_PROGRESS"
        echo 1 3 files >&9; sleep 0.1
        echo junk >&9; echo 2 >&9; printf '2 3 fi' >&9; sleep 0.1
        echo les >&9; sleep 0.1
        echo done
        """)
    #expect(reports == [1, 2].map { Progress(done: $0, total: 3, unit: "files") })
    #expect(output == ["done"])
  }

  @Test func `a line without end is bounded, and the next one is read`() throws {
    let (reports, _) = try reports(
      of: """
        eval "exec 9>&$QMAIL_UPDATER_PROGRESS"
        head -c 1000000 /dev/zero >&9; sleep 0.1
        echo >&9; echo 4 5 >&9; sleep 0.1
        """)
    #expect(reports == [Progress(done: 4, total: 5, unit: "")])
  }

  @Test func `a child that reports without end makes few calls, and is told to be over`() throws {
    let (reports, output) = try reports(
      of: """
        eval "exec 9>&$QMAIL_UPDATER_PROGRESS"
        yes '1 2 floods' | head -n 400000 >&9
        echo over
        """)
    #expect(output == ["over"])
    // 4.4 MB, 64 KiB at a time.
    #expect((1...100).contains(reports.count))
  }

  @Test func `a child that nobody listens to has no descriptor for it`() throws {
    let loop = EventLoop()
    var output: [String] = []
    let script = "echo ${QMAIL_UPDATER_PROGRESS-none}"
    try loop.run(Command(["sh", "-c", script]), timeout: .seconds(30)) { outcome in
      output = outcome.output.lines
      loop.stop()
    }
    try loop.run()
    #expect(output == ["none"])
  }
}
