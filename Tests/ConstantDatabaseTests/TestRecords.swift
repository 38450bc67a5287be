import ConstantDatabase
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// A record of a test.
struct TestRecord: Hashable, Sendable, CustomTestStringConvertible {
  let key: [UInt8]
  let value: [UInt8]

  init(_ key: [UInt8], _ value: [UInt8]) {
    self.key = key
    self.value = value
  }

  init(_ key: String, _ value: String = "") { self.init(Array(key.utf8), Array(value.utf8)) }

  /// The record as a line for cdbmake: lengths, key and value.
  var cdbmakeLine: [UInt8] {
    var line = Array("+\(key.count),\(value.count):".utf8)
    line += key
    line += Array("->".utf8)
    line += value
    return line + [10]
  }

  var testDescription: String { VisibleText.escape(key) + "=" + VisibleText.escape(value) }
}

/// Builds a database with our own writer.
func build(_ records: [TestRecord], at path: FilePath) throws {
  let writer = try ConstantDatabaseWriter(replacing: path)
  for record in records { try writer.add(key: record.key, value: record.value) }
  try writer.commit(durably: false)
}

/// Records sorted by key, in pieces.
func pieces(of records: [TestRecord], size: Int = 10) -> [EncodedRecords] {
  let sorted = records.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  return stride(from: 0, to: sorted.count, by: size).map { start in
    var piece = EncodedRecords()
    for record in sorted[start...].prefix(size) {
      record.key.withUnsafeBytes { key in
        record.value.withUnsafeBytes { piece.append(key: key, value: $0) }
      }
    }
    return piece
  }
}

/// All the records of a file, in its order.
func records(of path: FilePath) throws -> [TestRecord] {
  var records: [TestRecord] = []
  try ConstantDatabase(opening: path).forEachRecord { key, value in
    records.append(TestRecord([UInt8](key), [UInt8](value)))
  }
  return records
}

/// The directory of the databases that real tools made.
let fixtures = FilePath(#filePath).removingLastComponent().appending("Fixtures")
