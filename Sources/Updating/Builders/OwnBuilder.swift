internal import ConstantDatabase
internal import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Our own counterparts of qmail-newu and qmail-newmrh: the same bytes, with the line number in
/// their errors.
package struct OwnBuilder {
  private let builder: Builder

  /// How many records are given to the writer at a time, and about how many bytes they take.
  private static let batchCount = 1 << 14
  private static let batchSize = 1 << 19

  package init(_ builder: Builder) { self.builder = builder }

  /// Builds a .cdb from a text file.
  ///
  /// The target is a candidate, which is brought to the disk when it is moved into the product's
  /// place.
  ///
  /// - Throws: What is wrong, with file and line where a line is wrong.
  package func build(_ source: FilePath, into target: FilePath) throws {
    try build(source, into: FileOperations.create(target), named: target)
  }

  /// Builds a .cdb from a text file into an open, empty one; see `build` of paths.
  ///
  /// - Throws: As `build` of paths.
  func build(_ source: FilePath, into file: OwnedDescriptor, named target: FilePath) throws {
    let bytes = try FileReading.contents(of: source)
    let writer = try ConstantDatabaseWriter(writing: file, named: target)
    switch builder {
    case .assignments: try Self.addAssignments(bytes, source, to: writer)
    case .keyList: try Self.addKeys(bytes, to: writer)
    }
    try writer.finish()
  }

  private static func addAssignments(
    _ bytes: [UInt8], _ source: FilePath, to writer: ConstantDatabaseWriter
  ) throws {
    for record in try UserAssignments(parsing: bytes, path: source).records {
      try writer.add(key: record.key, value: record.data)
    }
  }

  private static func addKeys(_ bytes: [UInt8], to writer: ConstantDatabaseWriter) throws {
    let keys = KeyList(parsing: bytes)
    var batch = EncodedRecords(reserving: min(2 * bytes.count, 2 * batchSize))
    var rest = keys.places[...]
    while !rest.isEmpty {
      let part = rest.prefix(batchCount)
      rest.removeFirst(part.count)
      batch.append(keys: part, of: keys.bytes)
      try writer.add(batch)
      batch.removeAll()
    }
  }
}
