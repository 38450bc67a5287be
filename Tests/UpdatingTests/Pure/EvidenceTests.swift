import SystemPackage
import SystemSupport
import Testing
import Updating

@Suite struct EvidenceTests {
  @Test(arguments: [
    (InputEvidence.absent, InputEvidence.absent, InputEvidence.Comparison.untouched),
    (World.text("a", 1), World.text("a", 1), .untouched),
    (World.text("a", 2), World.text("a", 1), .sameContents),
    (World.text("a", 1, changed: 2), World.text("a", 1), .sameContents),
    (World.text("b", 1), World.text("a", 1), .untouched),
    (World.text("b", 1), World.text("a", 1, isTooRecent: true), .different),
    (World.text("a", 1), World.text("a", 1, isTooRecent: true), .untouched),
    (World.text("b", 2), World.text("a", 1), .different),
    (World.text("a", 1), .absent, .different),
    (.absent, World.text("a", 1), .different),
    (World.large(1), World.large(1), .untouched),
    (World.large(2), World.large(1), .different),
    (World.large(1), World.large(1, isTooRecent: true), .different),
    (World.listing("a", 2), World.listing("a", 1), .sameContents),
    (World.listing("b", 1), World.listing("a", 1), .different),
    (World.listing("a", 1), World.text("a", 1), .different),
    (.unreadable("x"), .unreadable("x"), .different),
  ])
  func `an input is compared by its stamp, then by its contents`(
    now: InputEvidence, recorded: InputEvidence, result: InputEvidence.Comparison
  ) {
    #expect(now.compared(to: recorded) == result)
  }

  @Test(arguments: [
    (10.0, 10.0, 10.001, true), (10, 10, 10.019, true), (10, 10, 10.021, false),
    (1, 10, 10.001, true),
    // The date of the contents can be set at will; a write moves the other stamp in any case.
    (99, 10, 10.021, false),
    // The clock was set back: a later write has an earlier stamp.
    (10, 99, 10, false), (10, 10, 9.995, true),
  ])
  func `a stamp is too recent while the clock may not have ticked since`(
    modified: Double, changed: Double, now: Double, result: Bool
  ) {
    #expect(World.stamp(modified, changed: changed).isTooRecent(at: World.time(now)) == result)
  }

  @Test(
    arguments: [
      ("a\nb\n", "a\nb\n", [], []), ("a\nb\n", "b\na\n", [], []),
      ("a\n", "a\nb\n", ["b"], []), ("a\nb\n", "a\n", [], ["b"]), ("a\n", "a\na\n", ["a"], []),
      ("", "x", ["x"], []), ("a\nx\nb\n", "a\ny\nb\n", ["y"], ["x"]), ("a\n\n\nb", "a\nb", [], []),
    ] as [(String, String, [String], [String])])
  func `texts differ by the lines that one has and the other has not`(
    old: String, new: String, added: [String], removed: [String]
  ) {
    let change = LineChange(from: old, to: new)
    #expect(change == LineChange(added: added, removed: removed))
    #expect(change.isEmpty == (added.isEmpty && removed.isEmpty))
  }
}
