import SystemPackage
import SystemSupport
import Testing
import Updating

/// What is said of a rule whose record its reader may not read.
@Suite struct HiddenRecordTests {
  /// What can be said without the record that only root may read.
  static func hidden(
    _ description: String, input: Double, product: ProductEvidence = JudgeTests.product,
    gives verdict: Verdict
  ) -> JudgeTests.Case {
    var state = World.state()
    state.notRead = RuleState.NotRead("/state/p.json", "Permission denied")
    let observation = World.observation(["/a": World.text("one\n", input)], product)
    return JudgeTests.Case(description, observation, state, gives: verdict)
  }

  static let hiddenRecord = Verdict.unreadable("/state/p.json", "Permission denied")

  static let hiddenRecords = [
    hidden("older input", input: 10, gives: JudgeTests.byDate(20)),
    hidden("newer input, which may be the recorded one", input: 30, gives: hiddenRecord),
    hidden("just older input", input: 19, gives: hiddenRecord),
    hidden("no product", input: 10, product: .missing, gives: .stale([.productMissing])),
    hidden(
      "a damaged product", input: 10, product: World.product("x", 20, damage: "cut short"),
      gives: .stale([.productDamaged("cut short")])),
  ]

  @Test(arguments: hiddenRecords)
  func `a record that may not be read is not taken for none`(_ testCase: JudgeTests.Case) {
    #expect(
      Judge(testCase.observation, testCase.state).verdict(at: testCase.now) == testCase.verdict)
  }
}
