import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Slow builders, as the real console shows them while they run.
@Suite(.scratch, .timeLimit(.minutes(2))) struct ProgressTests {
  /// A server with a rule whose builder takes 3 s and reports to `$1` ten times a second.
  private func server(reporting: Bool = true) throws -> MailServer {
    let server = try MailServer()
    try server.update()
    let script = Scratch.directory.appending("slow")
    let report = reporting ? #"echo "$n 40 domains" >&"$QMAIL_UPDATER_PROGRESS""# : ":"
    try script.write(
      """
      #!/bin/bash
      for n in $(seq 30); do \(report); sleep 0.1; done
      echo done >"$1"
      """, mode: 0o755)
    try server.configuration.write(
      """
      [rules.slow]
      inputs = ["/etc/slow"]
      product = "/etc/slow.out"
      command = ["\(script)", "{candidate}"]
      """)
    try server.root.appending("etc/slow").write("one\n")
    return server
  }

  @Test func `what this console runs shows a bar, the time left and the rate`() throws {
    let server = try server()
    let result = try server.script(
      "wait STALE", "key u", "wait domains/s", "dump -", "wait all fresh", size: (150, 30))
    #expect(result.code == 0, "\(result.text)")
    let row = try #require(result.lines.first { $0.contains("domains/s") })
    #expect(row.contains(/█░* \d+%  \d+ s left  \d+(\.\d)? domains\/s/), "\(row)")
    #expect(!row.contains("~"), "\(row)")
  }

  @Test func `so does what another program runs, and the details tell it`() throws {
    let server = try server()
    let other = Background([
      "sh", "-c", "sleep 1; exec \"$0\" --root \"$1\"", try Tools.own("update-qmail"),
      server.root.string,
    ])
    let result = try server.script(
      "wait STALE", "text /", "text slow", "key Enter Enter", "wait of 40 domains, ", "dump -",
      "key Esc", "wait domains/s", "wait all fresh", size: (150, 40))
    other.wait()
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("run by update-qmail"))
  }

  @Test func `update-qmail's table and its JSON tell how far a run is`() throws {
    let server = try server()
    let run = Background([try Tools.own("update-qmail"), "--root", server.root.string])
    var table: [String] = []
    try wait {
      table = try server.update("--status").lines
      return table.contains { $0.contains("domains/s") }
    }
    let row = try #require(table.first { $0.hasPrefix("slow") })
    let figures = /building .*\d+%, \d+ of 40 domains, \d+(\.\d)? domains\/s, \d+ s left/
    #expect(row.contains(figures), "\(row)")
    // The reasons follow it.
    #expect(table.contains { $0.hasPrefix("      ") && $0.contains("is not there") }, "\(table)")
    let json = try server.update("--json").text
    for field in ["percent", "perSecond", "secondsLeft"] {
      #expect(json.contains("\"\(field)\" : "), "\(field)")
    }
    run.wait()
    #expect(try !server.update("--status").text.contains("domains"))
  }

  @Test func `a builder that does not report is shown with what the last run tells`() throws {
    let server = try server(reporting: false)
    try server.update()
    let result = try server.script(
      "wait all fresh", "text /", "text slow", "key Enter", "key f", "wait if as last time",
      "dump -",
      "wait verified", size: (150, 30))
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("% "))
  }
}
