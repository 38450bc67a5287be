import SystemSupport
import Testing

@testable import Updating

/// What the dates say of a product of 20 whose builder took its time: its input changed at 10.
@Suite struct BegunProductTests {
  static let cases: [(begun: Double?, verdict: Verdict)] = [
    (8, JudgeTests.undecided(10, 20)), (11, JudgeTests.undecided(10, 20)),
    (12, JudgeTests.byDate(20)),
    // A copy that keeps its date.
    (99, JudgeTests.byDate(20)), (nil, JudgeTests.byDate(20)),
  ]

  @Test(arguments: cases)
  func `a change while a slow program was at work is not lost`(
    _ begun: Double?, _ verdict: Verdict
  ) {
    var observation = World.observation(["/a": World.text("one\n", 10)], World.product("made", 20))
    observation.productBegun = begun.map { World.time($0) }
    #expect(Judge(observation, World.state()).verdict(at: World.time(100)) == verdict)
  }
}
