import SystemPackage
import SystemSupport
import Testing
import Updating

/// WATCH 15 and 16: what a running process has read is derived from state, not from events.
@Suite struct JudgeOfServicesTests {
  typealias Case = JudgeTests.Case

  static func up(_ pid: Int32, since: Double) -> ProductEvidence {
    .service(.up(pid: pid, since: World.time(since)))
  }

  /// The service runs as 10 since 50; the record is of pid 10 at 60 unless said otherwise.
  static func service(
    _ description: String, _ input: InputEvidence, old: InputEvidence? = nil,
    now product: ProductEvidence = up(10, since: 50), recorded: ProductEvidence = up(10, since: 50),
    gives verdict: Verdict
  ) -> Case {
    Case(
      description, World.observation(of: World.serviceRule, ["/a": input], product),
      World.state(old.map { World.record(["/a": $0], recorded, at: 60) }), gives: verdict)
  }

  static func unread(_ time: Double?, _ change: LineChange? = nil, last: Double) -> Verdict {
    .stale([
      .unread(key: "/a", at: time.map(World.time), change, lastRead: World.time(last))
    ])
  }

  static let read = World.text("one\n", 55)
  static let change = LineChange(added: ["two"], removed: ["one"])

  static let withoutRecord = [
    service("started after its files", World.text("one\n", 10), gives: .fresh(.start)),
    service("edited after the start", read, gives: unread(55, last: 50)),
    service(
      "an older file put in place after the start", World.text("one\n", 10, changed: 55),
      gives: unread(55, last: 50)),
    service("edited at the very start", World.text("one\n", 50), gives: unread(50, last: 50)),
    service(
      "edited right before the start by a clock that ticks", World.text("one\n", 49.996),
      gives: unread(49.996, last: 50)),
    service("no such file", .absent, gives: .fresh(.start)),
    service(
      "down: it reads when it starts", World.text("one\n", 99), now: .service(.down),
      gives: .off("the service is down: it reads its files when it starts")),
    service(
      "not supervised", World.text("one\n", 99), now: .service(.unsupervised("no supervise")),
      gives: .off("not supervised: no supervise")),
  ]

  static let withRecord = [
    service("nothing differs since it was read", read, old: read, gives: .fresh(.record)),
    service(
      "edited since", World.text("two\n", 70), old: read, gives: unread(70, change, last: 60)),
    service(
      "an older file put in place since", World.text("two\n", 5, changed: 70, inode: 2), old: read,
      gives: unread(70, change, last: 60)),
    service(
      "the same bytes written since", World.text("one\n", 70), old: read, gives: .fresh(.record)),
    service("chmod since", World.text("one\n", 55, changed: 70), old: read, gives: .fresh(.record)),
    service("removed since", .absent, old: read, gives: unread(nil, last: 60)),
    service("came since", World.text("one\n", 70), old: .absent, gives: unread(70, last: 60)),
    service(
      "restarted by hand after the edit", World.text("two\n", 70), old: read,
      now: up(11, since: 80), gives: .fresh(.start)),
    service(
      "restarted by hand before the edit", World.text("two\n", 90), old: read,
      now: up(11, since: 80), gives: unread(90, change, last: 80)),
    service(
      "restarted by hand, then the old bytes came back: the start may have seen others",
      World.text("one\n", 90), old: read, now: up(11, since: 80),
      gives: unread(90, LineChange(added: [], removed: []), last: 80)),
    service(
      "the same pid again, of another start", World.text("two\n", 90), old: read,
      now: up(10, since: 80), gives: unread(90, change, last: 80)),
  ]

  @Test(arguments: withoutRecord)
  func `without a record, a service is fresh if it started after its files changed`(
    _ testCase: Case
  ) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  @Test(arguments: withRecord)
  func `with a record, what the same process has read counts`(_ testCase: Case) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  @Test(arguments: [(since: 98.0, isFresh: false), (since: 90.0, isFresh: true)])
  func `a service that failed has to stay up before it counts as started`(
    _ testCase: (since: Double, isFresh: Bool)
  ) {
    let input = World.text("two\n", 40)
    let failure = World.failure(since: 97, next: 105, ["/a": input])
    let observation = World.observation(
      of: World.serviceRule, ["/a": input], Self.up(12, since: testCase.since))
    let verdict = Judge(observation, World.state(nil, failure: failure))
      .verdict(at: World.time(100))
    #expect(verdict == (testCase.isFresh ? .fresh(.start) : .failed(failure)))
  }
}
