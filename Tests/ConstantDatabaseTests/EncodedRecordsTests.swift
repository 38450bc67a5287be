import ConstantDatabase
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct EncodedRecordsTests {
  private func append(_ key: String, _ value: String, to records: inout EncodedRecords) {
    Array(key.utf8).withUnsafeBytes { key in
      Array(value.utf8).withUnsafeBytes { records.append(key: key, value: $0) }
    }
  }

  @Test(arguments: [1, 7, 1000])
  func `pieces of any size make the same file as records one by one`(pieceSize: Int) throws {
    let records = (0..<1000).map { ("key\($0 % 990)", String(repeating: "v", count: $0 % 13)) }
    let single = Scratch.directory.appending("single")
    let writer = try ConstantDatabaseWriter(replacing: single)
    for (key, value) in records { try writer.add(key: key.utf8, value: value.utf8) }
    try writer.commit(durably: false)

    let pieces = Scratch.directory.appending("pieces")
    let other = try ConstantDatabaseWriter(replacing: pieces)
    // The first one alone: both ways of adding go together.
    try other.add(key: records[0].0.utf8, value: records[0].1.utf8)
    for start in stride(from: 1, to: records.count, by: pieceSize) {
      var encoded = EncodedRecords()
      for (key, value) in records[start...].prefix(pieceSize) {
        append(key, value, to: &encoded)
      }
      try other.add(encoded)
    }
    #expect(other.recordCount == records.count)
    try other.commit(durably: false)
    #expect(try FileReading.contents(of: pieces) == FileReading.contents(of: single))
  }

  @Test func `a piece can be used again`() throws {
    let path = Scratch.directory.appending("reused")
    let writer = try ConstantDatabaseWriter(replacing: path)
    var records = EncodedRecords()
    append("a long key", "a long value", to: &records)
    try writer.add(records)
    records.removeAll()
    #expect(records.count == 0 && records.byteCount == 0)
    append("b", "c", to: &records)
    try writer.add(records)
    try writer.commit(durably: false)
    let database = try ConstantDatabase(opening: path)
    #expect(try database.verify() == 2)
    #expect(try database.value(for: "b".utf8) == Array("c".utf8))
  }

  @Test func `no records are a piece, too`() throws {
    let path = Scratch.directory.appending("empty")
    let writer = try ConstantDatabaseWriter(replacing: path)
    try writer.add(EncodedRecords())
    try writer.commit(durably: false)
    #expect(try FileReading.contents(of: path).count == 2048)
  }
}
