import SystemPackage
import SystemSupport
import Testing

@testable import Updating

@Suite struct RememberingTests {
  @Test(arguments: [(1, 5), (2, 30), (3, 300), (4, 300), (1000, 300), (0, 5)])
  func `a failure is tried again after 5 s, 30 s, then every 5 minutes`(count: Int, seconds: Int) {
    #expect(RuleState.Failure.delay(after: count) == .seconds(seconds))
  }

  @Test(arguments: [
    ("users/cdb", "users%2fcdb"), ("qmail-send restart", "qmail-send%20restart"),
    ("morercpthosts.cdb", "morercpthosts.cdb"), ("..", "%2e."), (".", "%2e"), ("/", "%2f"),
    ("a%b", "a%25b"), ("\n", "%0a"), ("ü", "%c3%bc"), ("A_z-9", "A_z-9"),
  ])
  func `a rule's name becomes a plain file name, never the same for two`(
    name: String, file: String
  ) {
    #expect(StateStore.fileName(of: name) == file)
  }

  static func report(_ result: RunReport.Result, _ summary: String = "") -> RunReport {
    RunReport(
      result: result, by: "test", why: ["why"], began: World.time(40), duration: 1,
      summary: summary)
  }

  @Test func `the last ten runs are kept, the latest first`() {
    var state = World.state()
    for number in 1...12 { state.add(Self.report(.built, "\(number)")) }
    #expect(state.runs.map(\.summary) == (3...12).reversed().map { "\($0)" })
  }

  static let surveyor = Surveyor(Settings())
  static let before = World.observation(["/nowhere/a": World.text("two\n", 30)], .missing)

  @Test func `failures in a row are counted, and a success ends them`() {
    var state = World.state()
    for count in 1...3 {
      RecordKeeping.keep(
        .failed("exit 1"), Self.report(.failed), of: Self.before, in: &state, by: Self.surveyor)
      #expect(state.failure?.count == count)
      #expect(state.failure?.inputs == Self.before.inputs)
      let delay = state.failure.map { $0.nextTry - $0.since } ?? .zero
      #expect(delay >= RuleState.Failure.delay(after: count))
    }
    RecordKeeping.keep(
      RunOutcome(result: .built, summary: ""), Self.report(.built), of: Self.before, in: &state,
      by: Self.surveyor)
    #expect(state.failure == nil)
    #expect(state.record?.inputs == Self.before.inputs)
    #expect(state.record?.rule == World.ruleDigest)
  }

  @Test func `a hold keeps what would go, and what the inputs were`() {
    var state = World.state()
    var outcome = RunOutcome(result: .held, summary: "would lose")
    outcome.samples = ["-a@b", "+c@d", "~e@f"]
    RecordKeeping.keep(
      outcome, Self.report(.held), of: Self.before, in: &state, by: Self.surveyor)
    #expect(state.hold?.cause == .loss)
    #expect(state.hold?.losing == ["-a@b"])
    #expect(state.hold?.inputs == Self.before.inputs)
    #expect(state.record == nil)
  }

  @Test func `what was found fresh is remembered with its new stamps`() {
    var state = World.state(World.record(["/a": World.text("one\n", 10)], World.product("m", 20)))
    let touched = World.observation(["/a": World.text("one\n", 50)], World.product("m", 20))
    _ = RecordKeeping.refresh(&state, .fresh(.record), touched)
    #expect(state.record?.inputs == touched.inputs)
    #expect(state.record?.time == World.time(21))
    let byHand = World.observation(["/a": World.text("two\n", 60)], World.product("h", 70))
    let verdict = Verdict.fresh(.dates(made: World.time(70)))
    _ = RecordKeeping.refresh(&state, verdict, byHand)
    #expect(state.record?.product == byHand.product)
    #expect(state.record?.time == byHand.time)
    #expect(state.record?.adopted == World.time(70))
    #expect(state.runs.map(\.result) == [.adopted])
    #expect(state.runs.first?.began == World.time(70))
    // The same product again is no news.
    let later = World.observation(
      ["/a": World.text("two\n", 80)], World.product("h", 70), at: 120)
    _ = RecordKeeping.refresh(&state, verdict, later)
    #expect(state.record?.inputs == later.inputs)
    #expect(state.record?.time == byHand.time)
    #expect(state.runs.count == 1)
    RecordKeeping.keep(
      RunOutcome(result: .unchanged, summary: ""), Self.report(.unchanged), of: Self.before,
      in: &state, by: Self.surveyor)
    #expect(state.record?.adopted == nil)
  }

  @Test func `what is not fresh is not remembered as if it were`() {
    let record = World.record(["/a": World.text("one\n", 10)], World.product("m", 20))
    var state = World.state(record, failure: World.failure(since: 1, next: 2, [:]))
    let edited = World.observation(["/a": World.text("two\n", 50)], World.product("m", 20))
    _ = RecordKeeping.refresh(&state, .stale([.productMissing]), edited)
    #expect(state.record == record)
    #expect(state.failure != nil)
  }

  @Test func `a state is the same after it was stored and read`() throws {
    let inputs = [
      "/a": World.text("one\n", 10), "/b": World.large(1), "/d/": World.listing("x", 1),
      "/c": .absent, "/e": .unreadable("no"),
    ]
    let products: [ProductEvidence] = [
      .missing, World.product("m", 1), World.product(nil, 1, damage: "short"), .unusable("link"),
      .service(.down), .service(.unsupervised("gone")),
      .service(.up(pid: 7, since: World.time(3))),
    ]
    for product in products {
      var state = World.state(
        World.record(inputs, product), failure: World.failure(since: 1, next: 2, inputs),
        hold: World.hold(.rollback, inputs))
      state.add(Self.report(.unchanged))
      state.record?.adopted = World.time(7)
      let decoder = try #require(RoundTrip(state))
      #expect(decoder.state == state)
    }
  }

  // MARK: - What the log is told

  static func key(_ verdict: Verdict, _ reasons: [String] = ["r"], _ extra: String? = nil) -> String
  {
    Announcement(verdict, reasons, extra).key
  }

  @Test func `the log is told once, and again when more than a time has changed`() {
    let first = Verdict.failed(World.failure(count: 1, since: 1, next: 5, [:]))
    let later = Verdict.failed(World.failure(count: 9, since: 1, next: 300, [:]))
    #expect(Self.key(first, ["try 2 at 1"]) == Self.key(later, ["try 10 at 300"]))
    #expect(
      Self.key(.stale([.productMissing]), [], "waits for a")
        == Self.key(.stale([.ruleChanged]), [], "waits for a"))
    #expect(Self.key(.stale([]), [], "waits for a") != Self.key(.stale([]), [], "waits for b"))
    #expect(Self.key(.fresh(.start)) == Self.key(.fresh(.record)))
    let made = [70.0, 70, 90].map { Self.key(.fresh(.dates(made: World.time($0)))) }
    #expect(made[0] == made[1] && made[1] != made[2])
    #expect(Self.key(.off("a"), ["a"]) != Self.key(.off("b"), ["b"]))
    var other = World.hold(.loss, [:])
    other.since = World.time(31)
    #expect(Self.key(.held(other)) != Self.key(.held(World.hold(.loss, [:]))))
    let keys = [
      .fresh(.record), .stale([]), first, .held(other), .missingInput("/a"), .unreadable("/a", "x"),
      .off("x"),
    ].map { Self.key($0) }
    #expect(Set(keys).count == keys.count)
  }

  @Test func `an announcement is one line with its reasons`() {
    #expect(Announcement(.fresh(.record), [], nil).text == "fresh")
    #expect(
      Announcement(.fresh(.dates(made: World.time(70))), ["by date"], nil).text == "fresh, by date")
    #expect(
      Announcement(.stale([]), ["a changed"], "waits for b").text == "stale: a changed; waits for b"
    )
    #expect(Announcement(.unreadable("/a", "no"), ["a: no"], nil).text == "unreadable: a: no")
  }
}
