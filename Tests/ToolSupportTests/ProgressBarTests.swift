import Testing

@testable import ToolSupport

@Suite struct ProgressBarTests {
  @Test func `half of the work fills half of the bar`() {
    #expect(
      ProgressBar.line(done: 5, of: 10, counting: "domains", width: 80)
        == "[" + String(repeating: "#", count: 20) + String(repeating: "-", count: 20)
        + "]  50 %  5 of 10 domains")
  }

  @Test(arguments: [(0, 0), (0, 5), (5, 5), (9, 5), (-1, 5), (1_000_000, 1_000_000)])
  func `the line never reaches the edge of the terminal`(_ done: Int, _ total: Int) {
    for width in [0, 1, 10, 24, 40, 80, 200] {
      let line = ProgressBar.line(done: done, of: total, counting: "domains", width: width)
      #expect(line.count < max(1, width))
    }
  }
}
