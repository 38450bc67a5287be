import Glibc
import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)), .scratch) struct LogHistoryTests {
  let directory = Scratch.directory.appending("main")
  let loop = EventLoop()

  /// A log of several files: lines of all lengths, some cut between files, one crash.
  func makeLog() throws {
    let writer = try MultilogWriter(directory, on: loop)
    for length in stride(from: 0, to: 3000, by: 73) {
      try writer.write("\(length) \(String(repeating: "x", count: length))\n")
    }
    try writer.write("\n\nlast before the crash\n" + String(repeating: "b", count: 3000))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try loop.turn(until: { collector.texts.last == "last before the crash" })
    try loop.turn(until: {
      try FileReading.contents(of: directory.appending("current")).suffix(100)
        .allSatisfy { $0 == UInt8(ascii: "b") }
    })
    try writer.crash()
    try writer.start()
    try writer.write("first after\nlast\n")
    try writer.finish()
  }

  func everything() throws -> [LogLine] {
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.settle()
    return collector.lines
  }

  @Test func `backwards it tells the very lines that a follower tells forwards`() throws {
    try makeLog()
    let forwards = try everything()
    #expect(forwards.count > 40)
    #expect(forwards.contains { $0.text.isEmpty })
    let files = try FileReading.names(in: directory).map(\.string)
    #expect(files.count { $0.hasSuffix(".s") } > 10 && files.contains { $0.hasSuffix(".u") })
    for chunk in [7, 1000, 4096, 1 << 16] {
      var history = LogHistory(directory, chunk: chunk)
      var backwards: [LogLine] = []
      while let older = try history.older() { backwards = older + backwards }
      #expect(backwards == forwards, "chunk \(chunk)")
    }
  }

  @Test func `from a line on it tells what is before it`() throws {
    try makeLog()
    let all = try everything()
    for (index, line) in all.enumerated() where index % 9 == 0 {
      var history = LogHistory(directory, before: line.position)
      var backwards: [LogLine] = []
      while let older = try history.older() { backwards = older + backwards }
      #expect(backwards == Array(all[..<index]), "before line \(index)")
    }
  }

  @Test func `the beginning of a huge line is kept, as a follower keeps it`() throws {
    let writer = try MultilogWriter(directory, on: loop)
    try writer.write("a\n" + (0..<10_000).map { "\($0)," }.joined() + "\nz\n")
    try writer.finish()
    var history = LogHistory(directory, chunk: 500)
    var backwards: [LogLine] = []
    while let older = try history.older() { backwards = older + backwards }
    #expect(backwards == (try everything()))
    #expect(backwards[1].dropped > 0)
  }

  @Test func `rotation meanwhile loses no place`() throws {
    let writer = try MultilogWriter(directory, on: loop)
    try writer.write((1...20).map { "early \($0)\n" }.joined())
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 20)
    var history = LogHistory(directory, before: collector.lines[10].position, chunk: 50)
    var backwards = try history.older() ?? []
    try writer.write((1...300).map { "later \($0)\n" }.joined())
    try collector.wait(for: 320)
    while let older = try history.older() { backwards = older + backwards }
    #expect(backwards == Array(collector.lines[..<10]))
    try writer.finish()
  }

  @Test func `a log that is not there has no lines`() throws {
    var history = LogHistory(directory)
    #expect(try history.older() == nil)
    #expect(try history.older() == nil)
  }
}
