import SystemSupport
import TestSupport
import Testing

@testable import Updating

@Suite(.scratch, .timeLimit(.minutes(5))) struct PublishedProgressTests {
  private static let opening = "eval \"exec 9>&$QMAIL_UPDATER_PROGRESS\"\n"

  /// What was published while a rule with such a script ran, each once, in order.
  private func published(
    _ script: String, _ change: (inout RuleChange) -> Void = { _ in }
  ) throws -> [PublishedProgress] {
    let server = try TestServer()
    try server.source("list").write("a")
    try server.rule("list", script: Self.opening + script, change)
    var seen: [PublishedProgress] = []
    let result = try server.pass { loop, _ in
      func look() {
        if let progress = try? server.status(of: "list").running?.progress,
          progress != seen.last
        {
          seen.append(progress)
        }
        loop.schedule(after: .milliseconds(20), look)
      }
      look()
    }
    #expect(try server.entry("list", in: result).run?.result == .built)
    #expect(try FileStatus.of(server.store.progressPath) == nil)
    #expect(try server.status(of: "list").running == nil)
    return seen
  }

  @Test func `what a builder reports is published while it runs, with its rate`() throws {
    let seen = try published(
      """
      for n in 10 20 30 40 50 60 70 80; do echo $n 100 domains >&9; sleep 0.2; done
      cp "$2" "$1"
      """)
    let numbers = seen.map(\.progress.done)
    #expect(numbers == numbers.sorted())
    // Each report is followed by others for more than a second after the first half.
    #expect((2...8).contains(seen.count), "\(numbers)")
    #expect(seen.allSatisfy { $0.progress.total == 100 && $0.progress.unit == "domains" })
    #expect(seen.first?.rate == nil)
    let last = try #require(seen.last)
    #expect(try #require(last.rate) > 0)
    #expect(last.secondsLeft(at: last.time) != nil)
  }

  @Test func `one early report is published when the run has lasted`() throws {
    let seen = try published("echo 3 4 files >&9; sleep 1; cp \"$2\" \"$1\"")
    #expect(seen.map(\.progress) == [Progress(done: 3, total: 4, unit: "files")])
  }

  @Test func `a run that is over at once publishes nothing`() throws {
    #expect(try published("echo 3 4 files >&9; cp \"$2\" \"$1\"") == [])
  }

  @Test(arguments: ["", "echo 5 4 files >&9; echo x >&9; "])
  func `a builder that never reports, or only nonsense, is as it was`(_ words: String) throws {
    #expect(try published(words + "sleep 0.8; cp \"$2\" \"$1\"") == [])
  }

  @Test func `a flood of reports is published four times a second at most`() throws {
    let seen = try published(
      """
      timeout 1.5 awk 'BEGIN { for (n = 0; ; n++) print n % 1000, 1000, "lines" }' >&9
      cp "$2" "$1"
      """)
    #expect(!seen.isEmpty)
    let gaps = zip(seen, seen.dropFirst()).map { $1.time - $0.time }
    // The clock that measures is not the one that waits.
    #expect(gaps.allSatisfy { $0 > .milliseconds(200) }, "\(gaps)")
  }

  @Test func `a builder that replaces its product itself reports too`() throws {
    let seen = try published("echo 1 2 >&9; sleep 0.8; date +%N >\"${2%.txt}\"") {
      $0.command?.removeAll { $0 == "{candidate}" }
      $0.command?.insert("-", at: 1)
      $0.command?.removeAll { $0 == "{depfile}" }
    }
    #expect(seen.map(\.progress) == [Progress(done: 1, total: 2, unit: "")])
  }

  @Test func `what an earlier run has left is not taken for this one's`() throws {
    let server = try TestServer()
    try server.store.prepare()
    let now = Timestamp.now
    server.store.publish(
      PublishedProgress(
        rule: "list", pid: 7, progress: Progress(done: 1, total: 2, unit: ""), time: now))
    func progress(_ rule: String, pid: Int32, since: Timestamp) -> PublishedProgress? {
      server.store.progress(
        of: rule, RuleState.Running(by: "test", pid: pid, since: since, why: []))
    }
    #expect(progress("list", pid: 7, since: now) != nil)
    #expect(progress("other", pid: 7, since: now) == nil)
    #expect(progress("list", pid: 8, since: now) == nil)
    #expect(progress("list", pid: 7, since: now + .seconds(1)) == nil)
    try server.store.progressPath.write(#"{"rule":"list","pid":7,"progress":"1 0","time":0}"#)
    #expect(progress("list", pid: 7, since: now) == nil)
  }
}

@Suite struct ProgressPaceTests {
  private static func at(_ seconds: Double) -> Instant {
    Instant(nanoseconds: Int64(seconds * 1e9))
  }

  @Test func `the rate is that of the last ten seconds`() {
    var pace = ProgressPace()
    func rate(_ done: Int, _ seconds: Double, of total: Int = 10_000) -> Double? {
      pace.rate(with: Progress(done: done, total: total, unit: "x"), at: Self.at(seconds))
    }
    #expect(rate(0, 0) == nil)
    #expect(rate(100, 1) == 100)
    for second in 2...30 { _ = rate(100 + 10 * second, Double(second)) }
    #expect(rate(100 + 310, 31) == 10)
    #expect(rate(410, 100) == nil)
    // Other work has another pace.
    #expect(rate(0, 101, of: 5) == nil)
    #expect(rate(2, 102, of: 5) == 2)
  }
}
