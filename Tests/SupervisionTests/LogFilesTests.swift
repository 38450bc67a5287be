import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Supervision

@Suite(.scratch) struct LogFilesTests {
  let directory = Scratch.directory.appending("main")

  func name(_ seconds: Int64) -> String {
    TAI64N(Timestamp(seconds: seconds, nanoseconds: 0)).description + ".s"
  }

  /// The text of each file in order.
  func walk(_ files: LogFiles) throws -> [String] {
    var texts: [String] = []
    var next = try files.firstFile(from: 0)
    while let file = next {
      texts.append(String(decoding: try file.descriptor.read(upTo: 100, at: 0), as: UTF8.self))
      next = try files.index(of: file).flatMap { try files.firstFile(from: $0 + 1) }
    }
    return texts
  }

  /// With no attempt left, the look must do with what it finds.
  @Test(arguments: [0, 3])
  func `each file comes once, whatever names it has in the middle of a rotation`(attempts: Int)
    throws
  {
    try directory.appending(name(1)).write("one")
    try directory.appending("current").write("two")
    #expect(try walk(LogFiles(in: directory, attempts: attempts)) == ["one", "two"])
    // `current` was opened just before it was renamed, `previous` just after it.
    try FileOperations.link(
      directory.appending("current"), as: directory.appending("previous"))
    #expect(try walk(LogFiles(in: directory, attempts: attempts)) == ["one", "two"])
    try FileOperations.link(
      directory.appending("current"), as: directory.appending(name(2)))
    #expect(try walk(LogFiles(in: directory, attempts: attempts)) == ["one", "two"])
  }

  @Test func `files that were finished during an unsettled look do not come twice`() throws {
    try directory.appending(name(1)).write("1")
    try directory.appending("current").write("2")
    // Between the opening of `current` and the listing of the names.
    try FileOperations.link(
      directory.appending("current"), as: directory.appending(name(2)))
    for number in 3...30 { try directory.appending(name(Int64(number))).write("\(number)") }
    let texts = try walk(LogFiles(in: directory, attempts: 0))
    #expect(texts == (1...30).map { "\($0)" })
  }

  /// A file system may give the number of a file that a processor replaced to a later one.
  @Test func `a file that has got the number of an older one is not taken for it`() throws {
    let current = directory.appending("current")
    try current.write("one\ntwo\n")
    let (file, size) = try #require(try FileIdentity.of(current))
    let birth = try #require(file.birth, "this file system keeps no time of birth")
    let place = LogPosition(in: file, offset: size)
    #expect(try LogPosition.end(of: directory) == place)
    #expect(try LogFiles(in: directory).file(at: place)?.name == "current")
    let earlier = FileIdentity(
      device: file.device, inode: file.inode, birth: birth + .seconds(-60))
    let gone = LogPosition(in: earlier, offset: 4)
    #expect(try LogFiles(in: directory).file(at: gone) == nil)
    // Nothing lies before the place in this file, and all of the file lies after it.
    var history = LogHistory(directory, before: gone)
    #expect(try history.older() == nil)
    let loop = EventLoop()
    let collector = try LogCollector(directory, from: .since(gone), on: loop)
    try collector.wait(for: 2)
    #expect(collector.texts == ["one", "two"] && collector.gaps == 1)
  }

  @Test func `names later than an unsettled look are left out`() throws {
    try directory.appending(name(1)).write("one")
    try directory.appending(name((Timestamp.now + .seconds(1000)).seconds)).write("later")
    try directory.appending("current").write("two")
    #expect(try walk(LogFiles(in: directory, attempts: 0)) == ["one", "two"])
  }

  /// It may be half written, and what follows it must not be taken for what follows the others.
  @Test(arguments: [(0, ["one"]), (3, ["one", "two", "three"])])
  func `an unsettled look ends before what is called processed`(
    attempts: Int, expected: [String]
  ) throws {
    try directory.appending(name(1)).write("one")
    try directory.appending("processed").write("two")
    try directory.appending("current").write("three")
    let files = try LogFiles(in: directory, attempts: attempts)
    #expect(try walk(files) == expected)
    #expect(files.isSettled == (attempts > 0))
  }

  @Test(arguments: [
    "@400000006b045dce1eafef24.t", "@400000006b045dce1eafef24", "@400000006B045dce1eafef24.s",
    "400000006b045dce1eafef24.s", "state", "lock", "newstate", "@400000006b045dce1eafef24.s~",
  ])
  func `other names are no finished files`(name: String) throws {
    #expect(!LogFiles.isOld(name))
  }
}
