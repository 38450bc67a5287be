import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)), .scratch) struct LogWatchForLineTests {
  let directory = Scratch.directory.appending("main")
  let loop = EventLoop()
  let alert = "alert: unable to reread"

  /// Watches from now on, and does something meanwhile.
  func outcome(
    during duration: Duration, _ action: () throws -> Void
  ) throws -> LogWatchForLine.Outcome {
    let position = try LogPosition.end(of: directory)
    try action()
    var result: LogWatchForLine.Outcome?
    try LogWatchForLine(
      for: alert, in: directory, since: position, during: duration, on: loop
    ) { result = $0 }
    #expect(result == nil)
    try loop.turn(until: { result != nil })
    return try #require(result)
  }

  @Test func `a line that came after the position is found, through rotations`() throws {
    let writer = try MultilogWriter(directory, on: loop)
    try writer.write("\(alert) control/old\n")
    try loop.turn(until: { try LogPosition.end(of: directory)?.offset ?? 0 > 0 })
    let result = try outcome(during: .seconds(20)) {
      try writer.write(String(repeating: "status: local 0/10 remote 0/20\n", count: 500))
      try writer.write("\(alert) control/locals\n")
    }
    guard case .found(let line) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(String(decoding: line.text, as: UTF8.self) == "\(alert) control/locals")
    try writer.finish()
  }

  @Test func `lines before the position do not count`() throws {
    let writer = try MultilogWriter(directory, on: loop)
    try writer.write("\(alert) control/old\n")
    try loop.turn(until: { try LogPosition.end(of: directory)?.offset ?? 0 > 0 })
    let result = try outcome(during: .milliseconds(200)) { try writer.write("status: fine\n") }
    guard case .notFound = result else {
      Issue.record("\(result)")
      return
    }
    try writer.finish()
  }

  @Test func `without a log nothing is known`() throws {
    let result = try outcome(during: .milliseconds(50)) {}
    guard case .unavailable(let error) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(error.errno == .noSuchFileOrDirectory)
  }

  @Test(arguments: [
    ("", "", true), ("abc", "", true), ("", "a", false), ("aab", "ab", true), ("ab", "abc", false),
    ("xabc", "abc", true), ("abcx", "abc", true), ("abab", "ba", true), ("aaa", "aab", false),
  ])
  func `bytes are found wherever they are`(text: String, words: String, isFound: Bool) {
    #expect(Array(text.utf8).contains(bytes: Array(words.utf8)) == isFound)
  }
}
