internal import ConstantDatabase
internal import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Our own counterparts of qmail-newu and qmail-newmrh: the same bytes, with the line number in
/// their errors.
package struct OwnBuilder {
  private let builder: Builder

  /// How many bytes of records are given to the writer at a time.
  private static let batchSize = 1 << 20

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
    let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    var batch = EncodedRecords(reserving: min(2 * bytes.count, 2 * batchSize))
    try unsafe ControlFile.forEachKey(of: bytes) { key in
      unsafe batch.append(key: key, value: none)
      if batch.byteCount >= batchSize {
        try writer.add(batch)
        batch.removeAll()
      }
    }
    try writer.add(batch)
  }
}
