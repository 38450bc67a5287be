import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// multilog with a processor, which puts a file of its own in the place of each finished one.
@Suite(.timeLimit(.minutes(3)), .scratch) struct LogProcessorTests {
  let directory = Scratch.directory.appending("main")
  let loop = EventLoop()

  @Test func `what a processor makes of a file is not read a second time`() throws {
    let words = ["t", "s4096", "n10000", "!sed s/line/twice/"]
    let writer = try MultilogWriter(directory, words: words, on: loop)
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try writer.write(numbered(1...3))
    try collector.wait(for: 3)
    // No turn of the follower's loop until the file that it holds was replaced.
    try writer.write(numbered(4...60))
    try EventLoop().turn(until: {
      let names = try FileReading.names(in: directory).map(\.string)
      return names.contains { $0.hasSuffix(".s") } && !names.contains("previous")
    })
    try collector.wait(for: 60)
    try writer.write(numbered(61...200))
    try writer.finish()
    try collector.settle()
    // What was replaced before it was read comes as the processor left it, but comes once.
    #expect(collector.texts.prefix(60).allSatisfy { $0.hasPrefix("line ") })
    expectNumbers(collector, 1...200)
    #expect(collector.gaps == 0)
  }

  @Test func `awake or not, each line comes once from one of the two files that have it`() throws {
    let words = ["t", "s4096", "n10000", "!cat"]
    let writer = try MultilogWriter(directory, words: words, on: loop)
    let follower = try LogCollector(directory, from: .since(nil), on: loop)
    // Gets its turns now and then only, and finds several files finished each time.
    let sleepy = EventLoop()
    let sleeper = try LogCollector(directory, from: .since(nil), on: sleepy)
    for start in stride(from: 1, to: 2400, by: 300) {
      try writer.write(numbered(start...(start + 299)))
      try sleeper.settle()
      try follower.wait(for: start + 199)
    }
    try writer.finish()
    for collector in [follower, sleeper] {
      try collector.settle()
      expectNumbers(collector, 1...2400)
      #expect(collector.gaps == 0)
    }
  }

  @Test func `when files that were not read are gone, that is told and nothing comes twice`() throws
  {
    func log(_ range: ClosedRange<Int>) throws {
      let text = Scratch.directory.appending("text")
      try text.write(numbered(range))
      try Tools.run(["multilog", "t", "s4096", "n3", "!cat", directory.string], input: text)
    }
    try log(1...100)
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.settle()
    #expect(collector.numbers.last == 100 && collector.gaps == 0)
    try log(101...900)
    try collector.settle()
    #expect(collector.gaps == 1)
    #expect(collector.numbers.last == 900 && collector.numbers.count < 600)
    #expect(collector.isAscending)
  }
}

// multilog passes through these states too fast to be caught in them: the files are made by hand.
extension LogProcessorTests {
  func stamp(_ second: Int) -> String {
    TAI64N(Timestamp(seconds: Int64(second), nanoseconds: 0)).description
  }

  /// Lines that are numbered by the seconds of their stamps.
  func lines(_ range: ClosedRange<Int>) -> String {
    range.map { "\(stamp($0)) line \($0)\n" }.joined()
  }

  /// Makes an old file.
  func finish(_ second: Int, _ text: String) throws {
    try directory.appending(stamp(second) + ".s").write(text)
  }

  /// Puts another file in the place of `current`.
  func replaceCurrent(_ text: String) throws {
    try FileReplacement.write(Array(text.utf8), to: directory.appending("current"))
  }

  @Test func `a file that is only called processed for a moment is read in its turn`() throws {
    try directory.appending("current").write(lines(1...2))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 2)
    try finish(3, lines(1...2))
    try directory.appending("processed").write(lines(3...4))
    try replaceCurrent(lines(5...6))
    try collector.settle()
    expectNumbers(collector, 1...6)
    #expect(collector.gaps == 0)
  }

  /// multilog's clock counts microseconds, in which it stamps several lines.
  @Test func `a file that begins with the stamp of the last line is the next one`() throws {
    try finish(1, lines(1...1))
    try directory.appending("current").write(lines(2...3))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 3)
    try finish(4, lines(2...3))
    try finish(5, "\(stamp(3)) line 4\n\(stamp(5)) line 5\n")
    try replaceCurrent(lines(6...7))
    try collector.settle()
    expectNumbers(collector, 1...7)
    #expect(collector.gaps == 0)
  }

  @Test func `files are told apart by their order, whatever a processor leaves in them`() throws {
    try finish(1, "a summary\n")
    try directory.appending("previous").write(lines(2...3))
    try directory.appending("current").write(lines(4...5))
    let collector = try LogCollector(directory, from: .end, on: loop)
    try collector.settle()
    try finish(4, "a summary 3 \n")
    try finish(6, "")
    try finish(8, "a summary 6 \n")
    try FileOperations.remove(directory.appending("previous"))
    try replaceCurrent(lines(7...8))
    try collector.settle()
    #expect(collector.texts == ["a summary 6 ", "line 7", "line 8"])
    #expect(collector.gaps == 0)
  }

  @Test func `with nothing to count from and nothing that tells, a gap is told`() throws {
    try directory.appending("current").write(lines(1...2))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 2)
    try finish(4, "a summary\n")
    try replaceCurrent(lines(3...4))
    try collector.settle()
    #expect(collector.texts == ["line 1", "line 2", "a summary", "line 3", "line 4"])
    #expect(collector.gaps == 1)
  }

  @Test(arguments: [false, true])
  func `a clock that went back is told as a gap, and nothing comes twice`(isReplaced: Bool) throws {
    try finish(100, lines(98...99))
    let current = directory.appending("current")
    try current.write(lines(101...102))
    let collector = try LogCollector(directory, from: .since(nil), on: loop)
    try collector.wait(for: 4)
    let name = directory.appending(stamp(50) + ".s")
    if isReplaced {
      try name.write(lines(101...102))
    } else {
      try FileOperations.link(current, as: name)
    }
    try finish(49, lines(48...48))
    try replaceCurrent(lines(51...52))
    try collector.settle()
    #expect(collector.numbers == [98, 99, 101, 102, 51, 52])
    #expect(collector.gaps == 1)
  }
}
