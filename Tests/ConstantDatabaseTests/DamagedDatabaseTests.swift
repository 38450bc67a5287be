import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch, .timeLimit(.minutes(1))) struct DamagedDatabaseTests {
  var file: FilePath { Scratch.directory.appending("list.cdb") }

  /// What a damage does to the sound file of one record "abc" = "x", and the error that it must give.
  ///
  /// The record takes bytes 2048...2059. Its hash, 0x0b873285, belongs into table 0x85, which lies
  /// at byte 2060 and has two slots, of which the first is taken.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let offset: Int
    let number: UInt32
    let error: String
  }

  static let header = 0x85 * 8
  static let damages = [
    Damage(
      testDescription: "records that end in the header", offset: 0, number: 2047,
      error: "at byte 0: hash table 0 begins within the header"),
    Damage(
      testDescription: "records that end past the end", offset: 0, number: 2077,
      error: "at byte 0: hash table 0 begins past the end of the file"),
    Damage(
      testDescription: "a table among the records", offset: header, number: 2052,
      error: "at byte 1064: hash table 133 begins among the records"),
    Damage(
      testDescription: "a table of 4 billion slots", offset: header + 4, number: .max,
      error: "at byte 1064: hash table 133 reaches past the end of the file"),
    Damage(
      testDescription: "two tables in one place", offset: 12, number: 1,
      error: "at byte 1064: hash table 133 overlaps another one"),
    Damage(
      testDescription: "one slot too few", offset: header + 4, number: 1,
      error: "at byte 2060: the hash tables do not fill the file from here on"),
    Damage(
      testDescription: "a key of 4 billion bytes", offset: 2048, number: .max,
      error: "at byte 2048: a record of 4294967295 + 1 bytes passes the end of the records at "
        + "byte 2060"),
    Damage(
      testDescription: "a value of one byte more", offset: 2052, number: 2,
      error: "at byte 2048: a record of 3 + 2 bytes passes the end of the records at byte 2060"),
    Damage(
      testDescription: "a value of one byte less", offset: 2052, number: 0,
      error: "at byte 2059: no record can begin here: the records end at byte 2060"),
    Damage(
      testDescription: "another key", offset: 2056, number: 0x7863_6262,
      error: "at byte 2048: this record has no slot in hash table 6"),
    Damage(
      testDescription: "a slot that leads elsewhere", offset: 2064, number: 2049,
      error: "at byte 2060: a slot of hash table 133 leads to no record with its hash"),
    Damage(
      testDescription: "a slot of another hash", offset: 2060, number: 0x0b87_3385,
      error: "at byte 2060: a slot of hash table 133 leads to no record with its hash"),
    Damage(
      testDescription: "an empty slot", offset: 2064, number: 0,
      error: "at byte 2048: this record has no slot in hash table 133"),
  ]

  @Test(arguments: damages) func `verification tells what is wrong and where`(_ damage: Damage)
    throws
  {
    try build([TestRecord("abc", "x")], at: file)
    #expect(try ConstantDatabase(opening: file).verify() == 1)
    var bytes = try FileReading.contents(of: file)
    #expect(bytes.count == 2076)
    withUnsafeBytes(of: damage.number.littleEndian) {
      bytes.replaceSubrange(damage.offset..<(damage.offset + 4), with: $0)
    }
    try file.write(bytes)
    let error = #expect(throws: ConstantDatabaseError.self) {
      try ConstantDatabase(opening: file).verify()
    }
    #expect(error?.description == "unable to read \(file): \(damage.error)")
  }

  @Test func `a file cut anywhere is an error`() throws {
    try build((0..<5).map { TestRecord("key\($0)", "value") }, at: file)
    let whole = try FileReading.contents(of: file)
    for count in 0..<whole.count {
      try file.write(Array(whole[..<count]))
      #expect(throws: ConstantDatabaseError.self) { try ConstantDatabase(opening: file).verify() }
    }
  }

  @Test func `a file that is cut while it is open is an error`() throws {
    try build((0..<40_000).map { TestRecord("key\($0)", "value") }, at: file)
    let database = try ConstantDatabase(opening: file)
    _ = file.withPlatformString { truncate($0, 50_000) }
    #expect(throws: ConstantDatabaseError.self) { try database.verify() }
    #expect(throws: ConstantDatabaseError.self) { try database.value(for: "key39999".utf8) }
    #expect(throws: ConstantDatabaseError.self) { try database.forEachRecord { _, _ in } }
  }

  @Test func `a file that grows while it is read is an error`() throws {
    try build([TestRecord("a")], at: file)
    let database = try ConstantDatabase(opening: file)
    let more = try OwnedDescriptor(opening: file, flags: O_WRONLY | O_APPEND)
    let changed = ConstantDatabaseError(
      .read, file.visible, "the file changed while it was read")
    #expect(throws: changed) { try database.forEachRecord { _, _ in try more.write([0]) } }
    #expect(throws: changed) { try database.verify() }
    #expect(throws: ConstantDatabaseError.self) { try ConstantDatabase(opening: file).verify() }
  }

  @Test func `a database that is still being written is an error`() throws {
    let writer = try ConstantDatabaseWriter(replacing: file)
    for number in 0..<100_000 { try writer.add(key: "key\(number)".utf8, value: []) }
    #expect(throws: ConstantDatabaseError.self) {
      try ConstantDatabase(opening: writer.temporaryPath)
    }
  }

  @Test func `a search through a table without an empty slot ends`() throws {
    try build((0..<2_000).map { _ in TestRecord("same") }, at: file)
    var bytes = try FileReading.contents(of: file)
    let tables = 2048 + 2_000 * 12
    // Each slot gets the hash of "same" and leads to the first record.
    let used = try #require((0..<4_000).first { bytes[tables + $0 * 8 + 5] != 0 })
    let slot = Array(bytes[(tables + used * 8)..<(tables + used * 8 + 4)]) + [0, 8, 0, 0]
    for number in 0..<4_000 {
      bytes.replaceSubrange((tables + number * 8)..<(tables + number * 8 + 8), with: slot)
    }
    try file.write(bytes)
    let database = try ConstantDatabase(opening: file)
    #expect(try database.values(for: "same".utf8).count == 4_000)
    #expect(try database.value(for: "other".utf8) == nil)
    #expect(throws: ConstantDatabaseError.self) { try database.verify() }
  }
}
