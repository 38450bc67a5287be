package import SystemPackage
internal import SystemSupport

/// A whole .cdb file in memory, of which a `DatabasePatch` makes the next one.
package struct DatabaseImage: Sendable {
  /// The file's name, safe to show.
  let name: String
  let header: Header
  /// The bytes of the records, from `Format.headerSize` on.
  let records: [UInt8]
  /// The bytes of the hash tables, from the end of the records on.
  let tables: [UInt8]
  /// Tells whether the file is the one that was written once.
  package let sum: DatabaseSum

  /// Reads a file, its records and its tables by a thread each.
  ///
  /// - Throws: As `ConstantDatabase.init`; `ConstantDatabaseError` also when the file changes while
  ///   it is read.
  package init(reading path: FilePath) throws {
    let database = try ConstantDatabase(opening: path)
    (name, header) = (database.name, database.header)
    let (file, name) = (database.file, database.name)
    let ranges = [database.header.records, database.header.slots]
    let parts = try Workers.map(ranges.count, by: ranges.count) { number in
      Result { try Self.read(ranges[number], of: file, name) }
    }.map { try $0.get() }
    (records, tables) = (parts[0].bytes, parts[1].bytes)
    sum = DatabaseSum(
      header: database.header.numbers, records: parts[0].sum, tables: parts[1].sum)
    try database.checkUnchanged()
  }

  private static func read(
    _ range: Range<Int>, of file: OwnedDescriptor, _ name: String
  ) throws -> (bytes: [UInt8], sum: ContentSum) {
    let bytes = try file.read(upTo: range.count, at: Int64(range.lowerBound), subject: name)
    guard bytes.count == range.count else {
      throw ConstantDatabaseError(.read, name, "the file was truncated while it was read")
    }
    return (bytes, unsafe bytes.withUnsafeBytes { unsafe ContentSum(of: $0) })
  }

  /// An error about this file.
  func damage(at offset: Int?, _ reason: String) -> ConstantDatabaseError {
    ConstantDatabaseError(.read, name, at: offset, reason)
  }
}

extension DatabaseImage {
  /// Gives the record that begins at a position of the file to a body.
  ///
  /// - Throws: `ConstantDatabaseError` when it does not lie within the records; what the body throws.
  func withRecord<Result>(
    at position: Int, _ body: (Record) throws -> Result
  ) throws -> Result {
    try unsafe records.withUnsafeBytes { bytes in
      guard let record = unsafe Record(at: position, in: bytes, from: Format.headerSize) else {
        throw strayRecord(position)
      }
      return try unsafe body(record)
    }
  }

  /// The error about a place where no record can be.
  func strayRecord(_ position: Int) -> ConstantDatabaseError {
    damage(at: position, "no record that ends within the records can begin here")
  }
}
