import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch, .timeLimit(.minutes(1))) struct ConstantDatabaseTests {
  var file: FilePath { Scratch.directory.appending("list.cdb") }

  @Test func `the first record with a key is found, and all of them on request`() throws {
    try build(
      [
        TestRecord("a", "1"), TestRecord("b"), TestRecord("a", "2"), TestRecord("", "none"),
        TestRecord("a", "1"),
      ], at: file)
    let database = try ConstantDatabase(opening: file)
    #expect(try database.value(for: "a".utf8) == Array("1".utf8))
    #expect(try database.value(for: "b".utf8) == [])
    #expect(try database.value(for: []) == Array("none".utf8))
    #expect(try database.value(for: "c".utf8) == nil)
    #expect(try database.values(for: "a".utf8) == ["1", "2", "1"].map { Array($0.utf8) })
    #expect(try database.values(for: "c".utf8) == [])
  }

  @Test func `every record of a large file is found, verified and iterated`() throws {
    let all = (0..<20_000).map {
      TestRecord("user\($0)@example.org", String(repeating: "x", count: $0 % 90))
    }
    try build(all, at: file)
    let database = try ConstantDatabase(opening: file)
    #expect(try database.verify() == all.count)
    #expect(try records(of: file) == all)
    for record in all.reversed() { #expect(try database.value(for: record.key) == record.value) }
    #expect(try database.value(for: "user20000@example.org".utf8) == nil)
  }

  @Test func `a record larger than every buffer is read`() throws {
    let large = TestRecord("large", String(repeating: "0123456789", count: 300_000))
    try build([TestRecord("a", "1"), large, TestRecord("z", "2")], at: file)
    #expect(try records(of: file) == [TestRecord("a", "1"), large, TestRecord("z", "2")])
    let database = try ConstantDatabase(opening: file)
    #expect(try database.value(for: "large".utf8) == large.value)
    #expect(try database.value(for: "z".utf8) == Array("2".utf8))
  }

  @Test func `a database of no records is sound and answers nothing`() throws {
    try build([], at: file)
    let database = try ConstantDatabase(opening: file)
    #expect(try database.verify() == 0)
    #expect(try database.value(for: []) == nil)
  }

  @Test func `a file that is not there is the system's error`() {
    #expect(throws: SystemError("open", file, .noSuchFileOrDirectory)) {
      try ConstantDatabase(opening: file)
    }
  }

  @Test func `a pipe or a directory in its place is refused at once`() throws {
    let refusal = ConstantDatabaseError(.read, file.visible, "not a regular file")
    _ = file.withPlatformString { mkfifo($0, 0o600) }
    #expect(throws: refusal) { try ConstantDatabase(opening: file) }
    try FileOperations.remove(file)
    try FileOperations.makeDirectory(file)
    #expect(throws: refusal) { try ConstantDatabase(opening: file) }
  }

  @Test func `what a caller's body throws ends the iteration`() throws {
    try build([TestRecord("a"), TestRecord("b")], at: file)
    var count = 0
    #expect(throws: Errno.canceled) {
      try ConstantDatabase(opening: file).forEachRecord { _, _ in
        count += 1
        throw Errno.canceled
      }
    }
    #expect(count == 1)
  }
}
