import SystemPackage
import SystemSupport
import Testing
import Updating

/// WATCH 14: a failure blocks only those that depend on it.
@Suite struct DecisionTests {
  static let stale = Verdict.stale([.productMissing])
  static let failed = Verdict.failed(World.failure(since: 1, next: 2, [:]))
  static let loss = Verdict.held(World.hold(.loss, [:]))
  static let rolledBack = Verdict.held(World.hold(.rollback, [:]))
  static let poke = PassOrder(includesOpaque: true, cause: ["poke: pipe"])
  static let change = PassOrder(cause: ["changed: a"])
  static let forced = PassOrder(forced: ["p"], cause: ["update-qmail"])

  /// An operator's pass, asked for at a time; what failed did so five seconds before 2.
  static func asked(_ seconds: Double) -> PassOrder {
    PassOrder(cause: ["update-qmail"], asked: World.time(seconds))
  }

  /// The words of a cause; "why" are the verdict's reasons.
  static func run(_ words: String...) -> Decision {
    .run(Decision.Cause(words.filter { $0 != "why" }, isVerdict: words.contains("why")))
  }

  @Test(arguments: [
    (stale, false, change, run("why")), (.fresh(.record), false, change, .leave),
    (failed, false, change, .leave), (loss, false, change, .leave),
    (.off("x"), false, change, .leave), (.missingInput("/a"), false, change, .leave),
    (.unreadable("/a", "x"), false, change, .leave),
    // What no file shows: by a poke, not by a file's change.
    (.fresh(.record), true, change, .leave), (.fresh(.record), true, poke, run("poke: pipe")),
    (.fresh(.record), false, poke, .leave), (failed, true, poke, run("poke: pipe")),
    (loss, true, poke, run("poke: pipe")),
    // An operator's rollback stays, whoever pokes.
    (rolledBack, true, poke, .leave), (.off("x"), true, poke, .leave),
    // Forced.
    (.fresh(.record), false, forced, run("forced")), (stale, false, forced, run("forced", "why")),
    (loss, false, forced, run("forced")), (rolledBack, false, forced, run("forced")),
    (failed, false, forced, run("forced")), (.off("x"), false, forced, .leave),
    (.removed("x", hasPrevious: false), false, change, .leave),
    (.removed("x", hasPrevious: true), true, poke, .leave),
    (.removed("x", hasPrevious: false), false, forced, run("forced")),
    // An operator does not wait for a retry's time; what failed since then has been the answer.
    (failed, false, asked(0), run("its last run failed")), (failed, false, asked(-4), .leave),
    (loss, false, asked(0), .leave), (.fresh(.record), false, asked(0), .leave),
    (.missingInput("/a"), false, forced, .leave), (.unreadable("/a", "x"), false, forced, .leave),
  ])
  func `a verdict and an order give a decision`(
    verdict: Verdict, isOpaque: Bool, order: PassOrder, decision: Decision
  ) {
    #expect(
      Decision.about(
        World.fileRule, verdict: verdict, isOpaque: isOpaque, order: order, blockers: [])
        == decision)
  }

  @Test func `a rule that is due waits for another that is not in order, unless it is forced`() {
    func about(_ verdict: Verdict, _ order: PassOrder) -> Decision {
      Decision.about(
        World.fileRule, verdict: verdict, isOpaque: false, order: order, blockers: ["z", "b"])
    }
    #expect(about(Self.stale, Self.change) == .skip(because: "b"))
    #expect(about(.fresh(.record), Self.change) == .leave)
    #expect(about(Self.stale, Self.forced) == Self.run("forced", "why"))
  }

  @Test func `a cause in words has the verdict's reasons only where they count`() {
    let cause = Decision.Cause(["forced"], isVerdict: true)
    #expect(cause.inWords(["a", "b"]) == ["forced", "a", "b"])
    #expect(Decision.Cause(["forced"]).inWords(["a"]) == ["forced"])
  }
}
