import Glibc
import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)), .scratch) struct LogFollowerTests {
  let directory = Scratch.directory.appending("main")
  let loop = EventLoop()

  var oldFiles: [String] {
    get throws {
      try FileReading.names(in: directory).map(\.string).filter { $0.hasPrefix("@") }
    }
  }

  @Test(arguments: [700, 1 << 16])
  func `twenty thousand lines through rotations come once each and in order`(turnBytes: Int) throws
  {
    let collector = try LogCollector(
      directory, from: .since(nil), on: loop, turnBytes: turnBytes)
    try Scratch.directory.appending("text").write(numbered(1...20_000))
    try loop.run(
      Command(
        ["multilog", "t", "s4096", "n10000", directory.string],
        standardInput: Scratch.directory.appending("text")), timeout: .seconds(50)
    ) { #expect($0.isSuccess) }
    try collector.wait(for: 20_000)
    try collector.settle()
    expectNumbers(collector, 1...20_000)
    #expect(try oldFiles.count > 300)
    #expect(collector.gaps == 0)
    #expect(collector.lines.allSatisfy { $0.stamp != nil && $0.dropped == 0 })
  }

  @Test func `a follower that slept through many rotations misses nothing`() throws {
    let writer = try MultilogWriter(directory, on: loop)
    try writer.write(numbered(1...3))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 3)
    // No turn of the loop until multilog has done all this.
    try Scratch.directory.appending("text").write(numbered(4...5000))
    try writer.finish()
    try Tools.run(
      ["multilog", "t", "s4096", "n10000", directory.string],
      input: Scratch.directory.appending("text"))
    #expect(collector.lines.count == 3)
    try collector.settle()
    expectNumbers(collector, 1...5000)
    #expect(collector.gaps == 0)
  }

  @Test func `when multilog deleted what was not read, that is told and nothing comes twice`()
    throws
  {
    let words = ["t", "s4096", "n2"]
    let writer = try MultilogWriter(directory, words: words, on: loop)
    try writer.write(numbered(1...3))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 3)
    try writer.finish()
    try Scratch.directory.appending("text").write(numbered(4...5000))
    try Tools.run(
      ["multilog"] + words + [directory.string], input: Scratch.directory.appending("text"))
    try collector.settle()
    #expect(collector.gaps == 1)
    #expect(collector.texts.last?.hasPrefix("line 5000 ") == true)
    #expect(collector.numbers.count < 5000 && collector.isAscending)
  }

  @Test func `after a crash the broken line ends and the new file goes on`() throws {
    let writer = try MultilogWriter(directory, on: loop)
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    // multilog writes a line that has no end yet only when it is longer than 1000 bytes.
    let broken = "line 3 " + String(repeating: "b", count: 3000)
    try writer.write(numbered(1...2) + broken)
    try collector.wait(for: 2)
    try loop.turn(until: { try FileStatus.of(directory.appending("current"))?.size ?? 0 > 3000 })
    try writer.crash()
    try writer.start()
    try writer.write(numbered(4...5))
    try collector.wait(for: 5)
    #expect(try oldFiles.contains { $0.hasSuffix(".u") })
    try #require(collector.lines.count == 5)
    #expect(broken.hasPrefix(collector.texts[2]) && collector.texts[2].utf8.count > 2000)
    expectNumbers(collector, 1...5)
    try writer.finish()
  }

  @Test func `a line that is cut at the size limit is one line, and a huge one is bounded`() throws
  {
    let writer = try MultilogWriter(directory, on: loop)
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    let long = String(repeating: "x", count: 7000)
    let huge = String(repeating: "y", count: 50_000)
    try writer.write("before\n\(long)\n\(huge)\nafter\n")
    try writer.finish()
    try collector.settle()
    #expect(try oldFiles.count > 10)
    try #require(collector.lines.count == 4)
    #expect(collector.texts[1] == long)
    let last = collector.lines[2]
    #expect(last.text.count + last.dropped == 50_000)
    #expect(last.text.count == LogLine.maximumLength - 26)
    #expect(collector.texts[3] == "after")
  }

  @Test func `a directory that is missing, arrives, goes and arrives again is followed`() throws {
    let deep = directory.appending("a/b")
    let collector = try LogCollector(deep, from: .end, on: loop)
    try collector.settle()
    #expect(collector.failures.map(\.errno) == [.noSuchFileOrDirectory])
    try FileOperations.makeDirectory(directory.appending("a"))
    try collector.settle()
    var writer = try MultilogWriter(deep, on: loop)
    try writer.write(numbered(1...2))
    try collector.wait(for: 2)
    try writer.finish()
    try removeTree(directory)
    try collector.settle()
    try FileOperations.makeDirectory(directory.appending("a"))
    writer = try MultilogWriter(deep, on: loop)
    try writer.write(numbered(3...4))
    try collector.wait(for: 4)
    try writer.finish()
    try collector.settle()
    expectNumbers(collector, 1...4)
  }

  @Test func `each start begins where it says`() throws {
    try Scratch.directory.appending("text").write(numbered(1...500))
    try Tools.run(
      ["multilog", "t", "s4096", "n10000", directory.string],
      input: Scratch.directory.appending("text"))
    let length = numbered(500...500).utf8.count + 26
    let cases: [(LogFollower.Start, Int)] = [
      (.lastLines(1), 500), (.lastLines(200), 301), (.lastLines(10_000), 1), (.end, 501),
      (.lastBytes(1), 500), (.lastBytes(length), 500), (.lastBytes(length + 1), 499),
      (.lastLines(0), 501), (.since(try LogPosition.end(of: directory)), 501),
    ]
    let collectors = try cases.map { try LogCollector(directory, from: $0.0, on: loop) }
    for collector in collectors { try collector.settle() }
    let writer = try MultilogWriter(directory, on: loop)
    try writer.write(numbered(501...502))
    try writer.finish()
    for (collector, (start, first)) in zip(collectors, cases) {
      try collector.settle()
      #expect(collector.texts.first?.hasPrefix("line \(first) ") == true, "\(start)")
      expectNumbers(collector, first...502)
    }
  }

  @Test func `a start in the middle of a line gives the whole line`() throws {
    let writer = try MultilogWriter(directory, on: loop)
    let long = String(repeating: "t", count: 3000)
    try writer.write("one\n" + long)
    let current = directory.appending("current")
    try loop.turn(until: { try FileStatus.of(current)?.size ?? 0 > 2000 })
    let collector = try LogCollector(directory, from: .end, on: loop)
    try collector.settle()
    try writer.write("o\n")
    try collector.wait(for: 1)
    #expect(collector.texts == [long + "o"])
    try writer.finish()
  }

  @Test func `a flood is read in bounded turns`() throws {
    try directory.appending("current").write(numbered(1...5000))
    let collector = try LogCollector(directory, from: .since(nil), on: loop, turnBytes: 1000)
    var turns = 0
    while collector.lines.count < 5000, turns < 10_000 {
      let before = collector.lines.count
      try loop.turn()
      turns += 1
      #expect(collector.lines.count - before <= 30)
    }
    expectNumbers(collector, 1...5000)
  }

  @Test func `a log that was emptied is read from its start`() throws {
    let current = directory.appending("current")
    try current.write(numbered(1...5))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 5)
    try current.write(numbered(6...7))
    try collector.wait(for: 7)
    expectNumbers(collector, 1...7)
  }

  @Test func `asleep it makes the loop turn not once`() throws {
    try directory.appending("current").write(numbered(1...5))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 5)
    try collector.settle()
    var isDue = false
    loop.schedule(after: .milliseconds(300)) { isDue = true }
    var turns = 0
    while !isDue {
      try loop.turn()
      turns += 1
    }
    #expect(turns == 1)
    _ = collector.lines
  }

  @Test func `a link in place of the log is not followed`() throws {
    try Scratch.directory.appending("secret").write("root:hash\n")
    try FileOperations.makeDirectory(directory)
    symlink(Scratch.directory.appending("secret").string, directory.appending("current").string)
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.settle()
    #expect(collector.lines.isEmpty)
    #expect(collector.failures.map(\.errno) == [.tooManySymbolicLinkLevels])
  }
}
