import ConstantDatabase
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct SortedComparisonTests {
  private let path = Scratch.directory.appending("old.cdb")

  private func write(_ pieces: [EncodedRecords]) throws {
    let writer = try ConstantDatabaseWriter(replacing: path)
    for piece in pieces { try writer.add(piece) }
    try writer.commit(durably: false)
  }

  /// What is told when the file has the old records and gets the new ones.
  private func changes(
    from old: [TestRecord], to new: [TestRecord], size: Int = 10
  ) throws -> RecordChanges? {
    try write(pieces(of: old))
    return try ConstantDatabase(opening: path).changes(toSorted: pieces(of: new, size: size))
  }

  private let hundred = (100..<200).map { TestRecord("key\($0)", "v\($0)") }

  @Test(arguments: [0, 1, 9, 10, 11, 100])
  func `the same records are no change, in pieces of any size`(count: Int) throws {
    let records = Array(hundred.prefix(count))
    for size in [1, 3, 10, 1000] {
      let changes = try changes(from: records, to: records, size: size)
      #expect(
        changes == RecordChanges(added: 0, removed: 0, changed: 0, before: count, after: count))
    }
  }

  @Test(arguments: 0..<200)
  func `it counts what a comparison of two files counts`(round: Int) throws {
    func some(_ share: Int) -> [TestRecord] {
      (0..<60).filter { _ in Int.random(in: 0..<100) < share }.map { number in
        TestRecord("\(number)", String(repeating: "v", count: Int.random(in: 0...19) / 19))
      }
    }
    let old = some(90)
    // Every other round has nothing but one difference, every third one few.
    var new = round.isMultiple(of: 3) ? some(90) : old
    if round.isMultiple(of: 2) { new.append(TestRecord("\(Int.random(in: 0..<60)).")) }
    let size = Int.random(in: 1...20)
    try write(pieces(of: new))
    let other = Scratch.directory.appending("new.cdb")
    try FileOperations.rename(path, to: other)
    let told = try changes(from: old, to: new, size: size)
    #expect(try told == RecordChanges.between(path, other, samples: 0), "pieces of \(size)")
  }

  @Test func `a file in another order is told apart`() throws {
    try build(hundred.reversed(), at: path)
    #expect(try ConstantDatabase(opening: path).changes(toSorted: pieces(of: hundred)) == nil)
    // The disorder lies between pieces that are the same.
    var swapped = hundred
    swapped.swapAt(44, 45)
    try build(swapped, at: path)
    #expect(try ConstantDatabase(opening: path).changes(toSorted: pieces(of: hundred)) == nil)
    // In the one piece that differs, the first key should stand in an earlier piece, or the last one
    // in a later piece.
    for (place, key) in [(50, "key101"), (59, "key195")] {
      var doubled = hundred
      doubled[place] = TestRecord(key, "x")
      try build(doubled, at: path)
      #expect(try ConstantDatabase(opening: path).changes(toSorted: pieces(of: hundred)) == nil)
    }
  }

  @Test func `tables that are not those of the records are told apart`() throws {
    try write(pieces(of: hundred))
    let sound = try FileReading.contents(of: path)
    let tables = sound.count - 16 * hundred.count
    for place in stride(from: tables, to: sound.count, by: 97) {
      var bytes = sound
      bytes[place] ^= 1
      try path.write(bytes)
      let database = try ConstantDatabase(opening: path)
      #expect(try database.changes(toSorted: pieces(of: hundred)) == nil, "byte \(place)")
    }
  }

  @Test func `records that are damaged are an error or another order`() throws {
    try write(pieces(of: hundred))
    let sound = try FileReading.contents(of: path)
    for place in stride(from: 2048, to: 2048 + 100 * 18, by: 7) {
      var bytes = sound
      bytes[place] ^= 0x80
      try path.write(bytes)
      let changes = try? ConstantDatabase(opening: path).changes(toSorted: pieces(of: hundred))
      #expect(changes?.isEmpty != true, "byte \(place)")
    }
  }
}
