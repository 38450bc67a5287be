import SystemSupport
import Testing
import Updating

@testable import Console

@Suite struct ProgressWordsTests {
  private func words(
    _ done: Int, of total: Int, _ unit: String = "domains", rate: Double?, agoMilliseconds: Int = 0
  ) -> ProgressWords {
    var product = Samples.products(isBuilding: true)[3]
    product.state.running = RuleState.Running(
      by: "pipe-watcher (pid 5087)", pid: 5087, since: Samples.ago(12), why: [])
    product.state.running?.progress = PublishedProgress(
      rule: "validrcptto.cdb", pid: 5087, progress: Progress(done: done, total: total, unit: unit),
      time: Samples.now + .milliseconds(-agoMilliseconds), rate: rate)
    return ProgressWords(product, Samples.state())
  }

  @Test(arguments: [
    (80, "████░░░░░░░░ 34%  20 s left  340 domains/s  3,400 of 10,000 domains"),
    (44, "████░░░░░░░░ 34%  20 s left  340 domains/s"),
    (29, "██░░░░░ 34%  20 s left  340/s"), (26, "█░░░ 34%  20 s left  340/s"),
    (20, "█░░░ 34%  20 s left"), (17, "█░░░ 34%  20 s"), (8, "█░░░ 34%"), (5, "█░░░…"),
  ])
  func `a column gets as much as it has room for`(_ width: Int, _ text: String) {
    #expect(words(3400, of: 10_000, rate: 330 + 10).fitting(width) == text)
  }

  @Test(arguments: [
    (3.46, "3.4 domains/s"), (0.2, "12 domains/min"), (12_345.6, "12,345 domains/s"),
  ])
  func `a rate is told in the unit that fits`(_ rate: Double, _ text: String) {
    #expect(words(1, of: 10, rate: rate).sentence.contains(text))
  }

  @Test func `the time left goes on between two reports, and never below nothing`() {
    #expect(
      words(0, of: 100, rate: 1, agoMilliseconds: 20_000).sentence.contains("1 min 20 s left"))
    #expect(words(90, of: 100, rate: 10, agoMilliseconds: 60_000).sentence.contains(", 0 s left"))
  }

  @Test func `numbers that cannot be are not shown`() {
    #expect(words(1, of: 2, "", rate: .infinity).sentence == "1 of 2, 0 s left")
    #expect(words(1, of: 2, rate: 1e-300).sentence == "1 of 2 domains, 0 domains/min")
    #expect(words(1, of: .max, rate: nil).sentence.hasPrefix("1 of 9,223,"))
  }

  @Test func `the end is near when all is done`() {
    #expect(words(5, of: 5, rate: 2).fitting(60).contains("100%  finishing"))
  }

  @Test func `a sentence has the numbers, the rate and the time`() {
    #expect(
      words(3400, of: 10_000, rate: 340).sentence
        == "3,400 of 10,000 domains, 340 domains/s, 20 s left")
  }

  @Test func `without a report it is told to be an estimate`() {
    var product = Samples.products(isBuilding: true)[3]
    product.state.running = RuleState.Running(
      by: "pipe-watcher (pid 5087)", pid: 5087, since: Samples.ago(12), why: [])
    product.state.runs[0].duration = 31_000_000_000
    let words = ProgressWords(product, Samples.state())
    #expect(words.fitting(60) == "████░░░░░░░░ ~38%  ~20 s left, if as last time")
    #expect(words.sentence.contains("does not tell how far it is; the last run took 31.0 s"))
    product.state.runs[0].duration = 5_000_000_000
    #expect(
      ProgressWords(product, Samples.state()).fitting(60)
        == "███████████░ ~99%  longer than last time")
  }
}
