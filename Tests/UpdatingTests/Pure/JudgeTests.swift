import SystemPackage
import SystemSupport
import Testing
import Updating

/// WATCH 9: stale is what differs from the record, whichever way the clock went.
@Suite struct JudgeTests {
  /// One look at the world, what is remembered, and the verdict that follows.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var observation: RuleObservation
    var state: RuleState
    var now = World.time(100)
    let verdict: Verdict

    init(
      _ description: String, _ observation: RuleObservation, _ state: RuleState,
      now: Double = 100, gives verdict: Verdict
    ) {
      testDescription = description
      self.observation = observation
      self.state = state
      self.now = World.time(now)
      self.verdict = verdict
    }
  }

  static let input = World.text("one\n", 10)
  static let product = World.product("made", 20)
  static let record = World.record(["/a": input], product)

  /// A file rule with a record of the input `one` and the product `made`.
  static func recorded(
    _ description: String, input: InputEvidence = input, product: ProductEvidence = product,
    old: InputEvidence = input, oldProduct: ProductEvidence = product, gives verdict: Verdict
  ) -> Case {
    Case(
      description, World.observation(["/a": input], product),
      World.state(World.record(["/a": old], oldProduct)), gives: verdict)
  }

  static func changed(_ time: Double, _ change: LineChange?) -> Verdict {
    .stale([.changed(key: "/a", at: World.time(time), change)])
  }

  static func byDate(_ made: Double) -> Verdict { .fresh(.dates(made: World.time(made))) }

  static let one = LineChange(added: ["two"], removed: ["one"])

  static let inputs = [
    recorded("nothing differs", gives: .fresh(.record)),
    recorded("newer contents", input: World.text("two\n", 30), gives: changed(30, one)),
    recorded(
      "an older file put in its place",
      input: World.text("two\n", 5, changed: 30, inode: 2), gives: changed(30, one)),
    recorded(
      "an older stamp all over, as after a restore on a server whose clock was wrong",
      input: World.text("two\n", 5), gives: changed(5, one)),
    recorded(
      "the same bytes written again", input: World.text("one\n", 30), gives: .fresh(.record)),
    recorded(
      "another owner or mode", input: World.text("one\n", 10, changed: 30), gives: .fresh(.record)),
    recorded(
      "the same bytes in another file", input: World.text("one\n", 5, changed: 30, inode: 2),
      gives: .fresh(.record)),
    recorded(
      "two edits in one tick, so that the stamps are equal", input: World.text("two\n", 10),
      old: World.text("one\n", 10, isTooRecent: true), gives: changed(10, one)),
    recorded(
      "a stamp that was too recent, of the same bytes",
      old: World.text("one\n", 10, isTooRecent: true), gives: .fresh(.record)),
    recorded(
      "a large file as it was", input: World.large(10), old: World.large(10), gives: .fresh(.record)
    ),
    recorded(
      "a large file with another stamp", input: World.large(30), old: World.large(10),
      gives: changed(30, nil)),
    recorded(
      "a large file whose stamp was too recent", input: World.large(10),
      old: World.large(10, isTooRecent: true), gives: changed(10, nil)),
    recorded("an input is new", old: .absent, gives: .stale([.appeared(key: "/a")])),
    recorded("an input is gone", input: .absent, gives: .stale([.vanished(key: "/a")])),
    recorded(
      "a name was added to a directory", input: World.listing("a b", 30),
      old: World.listing("a", 10), gives: changed(30, nil)),
    recorded(
      "a name came to a directory and went", input: World.listing("a", 30),
      old: World.listing("a", 10), gives: .fresh(.record)),
    recorded(
      "a directory in the place of a file", input: World.listing("a", 30), gives: changed(30, nil)),
    recorded(
      "an input cannot be read", input: .unreadable("Permission denied"),
      gives: .unreadable("/a", "Permission denied")),
  ]

  static let products = [
    recorded("missing", product: .missing, gives: .stale([.productMissing])),
    recorded(
      "damaged", product: World.product("x", 30, damage: "cut short"),
      gives: .stale([.productDamaged("cut short")])),
    recorded(
      "not to be replaced", product: .unusable("a link"), gives: .unreadable("/p", "a link")),
    recorded(
      "touched: the same bytes under another date", product: World.product("made", 5, changed: 30),
      gives: .fresh(.record)),
    recorded(
      "another owner or mode", product: World.product("made", 20, changed: 30),
      gives: .fresh(.record)),
    recorded(
      "made by somebody else, later than its input", product: World.product("hand", 30, inode: 8),
      gives: byDate(30)),
    recorded(
      "written over in place, later than its input", product: World.product("hand", 30),
      gives: byDate(30)),
    recorded(
      "made by somebody else, so soon after the change that it may have read what was before",
      input: World.text("two\n", 30), product: World.product("hand", 31, inode: 8),
      gives: undecided(30, 31)),
    recorded(
      "made by somebody else, just long enough after the change", input: World.text("two\n", 30),
      product: World.product("hand", 32, inode: 8), gives: byDate(32)),
    recorded(
      "an older one put in its place", product: World.product("old", 5, changed: 30, inode: 8),
      gives: .stale([
        .productReplaced(at: World.time(30)),
        .newer(key: "/a", at: World.time(10), than: World.time(5)),
      ])),
    recorded(
      "written over in place under an older date", product: World.product("evil", 5, changed: 30),
      gives: .stale([
        .productReplaced(at: World.time(30)),
        .newer(key: "/a", at: World.time(10), than: World.time(5)),
      ])),
    recorded(
      "too large for a digest, and with an older date than its input",
      product: World.product(nil, 5, changed: 30), oldProduct: World.product(nil, 20),
      gives: .stale([
        .productReplaced(at: World.time(30)),
        .newer(key: "/a", at: World.time(10), than: World.time(5)),
      ])),
  ]

  static func undated(
    _ description: String, input: InputEvidence, product: ProductEvidence = product,
    gives verdict: Verdict
  ) -> Case {
    Case(description, World.observation(["/a": input], product), World.state(), gives: verdict)
  }

  static func newer(_ time: Double) -> Verdict {
    .stale([.newer(key: "/a", at: World.time(time), than: World.time(20))])
  }

  static func undecided(_ time: Double, _ product: Double) -> Verdict {
    .stale([.undecided(key: "/a", at: World.time(time), product: World.time(product))])
  }

  static let dates = [
    undated("older input", input: World.text("one\n", 10), gives: byDate(20)),
    undated("newer input", input: World.text("one\n", 30), gives: newer(30)),
    undated("just older input", input: World.text("one\n", 19), gives: undecided(19, 20)),
    undated(
      "an older input moved into place just before", input: World.text("one\n", 5, changed: 19),
      gives: undecided(19, 20)),
    undated("both of the same tick", input: World.text("one\n", 20), gives: newer(20)),
    undated(
      "an older input put in place after the build", input: World.text("one\n", 5, changed: 30),
      gives: newer(30)),
    undated("absent input", input: .absent, gives: byDate(20)),
    undated(
      "no product", input: World.text("one\n", 10), product: .missing,
      gives: .stale([.productMissing])),
  ]

  /// When the inputs `/a`, `/b` and `/c` changed, and which of them speak against a product of 20.
  @Test(arguments: [
    (
      [18.5, 19.5, 19.0],
      [Reason.undecided(key: "/b", at: World.time(19.5), product: World.time(20))]
    ),
    ([19.0, 30.0, 10.0], [Reason.newer(key: "/b", at: World.time(30), than: World.time(20))]),
  ])
  func `of many inputs only those are named that decide`(_ times: [Double], _ reasons: [Reason]) {
    let inputs = zip(["/a", "/b", "/c"], times).map { ($0, World.text("one\n", $1)) }
    let observation = World.observation(Dictionary(uniqueKeysWithValues: inputs), Self.product)
    #expect(
      Judge(observation, World.state()).verdict(at: World.time(100)) == .stale(reasons))
  }

  @Test(arguments: inputs) func `with a record, an input speaks by its difference`(_ testCase: Case)
  {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  @Test(arguments: products) func `a product must be the one that was made`(_ testCase: Case) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  @Test func `what another program made is said to be so until we make it`() {
    var record = Self.record
    record.adopted = World.time(20)
    let observation = World.observation(["/a": Self.input], Self.product)
    #expect(
      Judge(observation, World.state(record)).verdict(at: World.time(100)) == Self.byDate(20))
  }

  @Test(arguments: dates) func `without a record, dates decide, ties against it`(
    _ testCase: Case
  ) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  static let rules = [
    Case(
      "another rule text makes the product stale",
      World.observation(["/a": input], product, rule: ContentDigest(value: 1)), World.state(record),
      gives: .stale([.ruleChanged])),
    Case(
      "a rule that is switched off, whatever it looks like",
      World.observation(of: off, ["/a": .absent], .missing, missing: ["/a"]), World.state(record),
      gives: .off("by hand")),
    Case(
      "a required input is not there",
      World.observation(["/a": .absent], product, missing: ["/a"]), World.state(record),
      gives: .missingInput("/a")),
    Case(
      "a builder that tells what it reads has not run yet",
      World.observation(of: reporting, ["/a": input], product), World.state(),
      gives: .stale([.inputsUnknown])),
    Case(
      "a builder that tells what it reads has run",
      World.observation(of: reporting, ["/a": input], product), World.state(record),
      gives: .fresh(.record)),
    Case(
      "an opaque rule that failed is owed, whatever its files say",
      World.observation(of: opaque, ["/a": input], product),
      World.state(record, failure: World.failure(since: 31, next: 36, ["/a": input])),
      gives: .stale([.owed])),
    Case(
      "an opaque rule that failed waits for its time",
      World.observation(of: opaque, ["/a": input], product),
      World.state(record, failure: World.failure(since: 99, next: 104, ["/a": input])),
      gives: .failed(World.failure(since: 99, next: 104, ["/a": input]))),
  ]

  static let opaque: Rule = {
    var rule = World.fileRule
    rule.isOpaque = true
    return rule
  }()

  static let reporting: Rule = {
    var rule = World.fileRule
    rule.action = .command(BuildCommand(["make", "{candidate}", "{depfile}"]))
    return rule
  }()

  static let off: Rule = {
    var rule = World.fileRule
    rule.offReason = "by hand"
    return rule
  }()

  @Test(arguments: rules) func `the rule itself is evidence`(_ testCase: Case) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  // MARK: - Failures and holds

  static let edited = World.text("two\n", 30)
  static let editedAgain = World.text("three\n", 40)
  static let stale = changed(30, one)

  /// The input was edited at 30, and the build of it failed.
  static func failed(
    _ description: String, input: InputEvidence = edited, product: ProductEvidence = product,
    since: Double = 31, next: Double = 105, now: Double = 100, gives verdict: Verdict
  ) -> Case {
    Case(
      description, World.observation(["/a": input], product),
      World.state(record, failure: World.failure(since: since, next: next, ["/a": edited])),
      now: now, gives: verdict)
  }

  static let failures = [
    failed(
      "nothing has changed and the next try is not due",
      gives: .failed(World.failure(since: 31, next: 105, ["/a": edited]))),
    failed("the next try is due", now: 105, gives: stale),
    failed(
      "an input changed", input: editedAgain,
      gives: changed(40, LineChange(added: ["three"], removed: ["one"]))),
    failed("the edit was taken back", input: World.text("one\n", 40), gives: .fresh(.record)),
    failed(
      "somebody made the product by hand", product: World.product("hand", 50), gives: byDate(50)),
    failed("the clock was set back by a year", since: 3e7, next: 3e7 + 5, gives: stale),
  ]

  @Test(arguments: failures) func `a failure waits for its time or for a change`(
    _ testCase: Case
  ) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  static func held(
    _ description: String, _ cause: RuleState.Hold.Cause = .loss, input: InputEvidence = edited,
    product: ProductEvidence = product, gives verdict: Verdict
  ) -> Case {
    Case(
      description, World.observation(["/a": input], product),
      World.state(record, hold: World.hold(cause, ["/a": edited])), gives: verdict)
  }

  static let holds = [
    held("nothing has changed", gives: .held(World.hold(.loss, ["/a": edited]))),
    held(
      "rolled back, and the same bytes were written again", .rollback,
      input: World.text("two\n", 50), gives: .held(World.hold(.rollback, ["/a": edited]))),
    held(
      "an input changed", input: editedAgain,
      gives: changed(40, LineChange(added: ["three"], removed: ["one"]))),
    held(
      "the product is gone: nothing is left to lose", product: .missing,
      gives: .stale([.productMissing])),
  ]

  @Test(arguments: holds) func `a hold lasts until an input changes`(_ testCase: Case) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }

  @Test func `a changed rule is tried at once after a failure, and looked at anew when held`() {
    let observation = World.observation(
      ["/a": Self.edited], Self.product, rule: ContentDigest(value: 1))
    var failure = World.failure(since: 31, next: 105, ["/a": Self.edited])
    failure.rule = World.ruleDigest
    var hold = World.hold(.loss, ["/a": Self.edited])
    hold.rule = World.ruleDigest
    for state in [World.state(Self.record, failure: failure), World.state(Self.record, hold: hold)]
    {
      #expect(Judge(observation, state).verdict(at: World.time(100)) == .stale([.ruleChanged]))
    }
  }
}
