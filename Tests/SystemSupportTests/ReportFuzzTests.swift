import SystemPackage
import TestSupport
import Testing

@testable import SystemSupport

/// Damaged reports of builders and damaged locks, the same in every run.
@Suite(.scratch, .timeLimit(.minutes(1))) struct ReportFuzzTests {
  @Test(arguments: 0..<8) func `a report of progress is sound, or none`(seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<1000 {
      let line = random.damaged(Array("120 1000 domains".utf8))
      guard let progress = Progress(line: line) else { continue }
      #expect(progress.total > 0 && (0...progress.total).contains(progress.done))
      #expect(progress.unit.count <= 24)
      // A unit that was escaped would be escaped again.
      if !progress.unit.contains("\\"), progress.line.utf8.count <= Progress.lineLimit {
        #expect(Progress(line: progress.line.utf8) == progress)
      }
    }
  }

  @Test(arguments: 0..<8) func `reports are found in whatever pieces they come`(seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<200 {
      var reports = ProgressLines()
      for _ in 0..<20 {
        _ = reports.take(random.damaged(Array("1 10 domains\n2 10 domains\n3".utf8)))
      }
      _ = reports.take([0x0a])
      #expect(reports.take(Array("4 10 domains\n".utf8))?.done == 4)
    }
  }

  @Test(arguments: 0..<4) func `what a lock says of its holder is told, or nothing`(
    seed: UInt64
  ) throws {
    var random = Seeded(seed)
    let path = Scratch.directory.appending("lock")
    for _ in 0..<200 {
      try path.write(random.damaged(Array("4711 update-qmail 1795521826000000000 ".utf8)))
      guard let holder = try FileLock(existing: path).holder else { continue }
      #expect(VisibleText.escape("\(holder)").utf8.allSatisfy { $0 >= 0x20 })
    }
  }

  @Test func `times that anybody may claim have a difference, and a moment after them`() {
    let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    #expect(last - first == .nanoseconds(Int64.max) && first - last == .nanoseconds(Int64.min))
    #expect(last + .seconds(1) == last && first + .seconds(-1) == first)
    let time = Timestamp(nanoseconds: 5)
    #expect(time - first == .nanoseconds(Int64.max) && time + .seconds(0) == time)
  }
}
