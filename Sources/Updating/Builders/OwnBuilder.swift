internal import ConstantDatabase
internal import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Our own counterparts of qmail-newu and qmail-newmrh: the same bytes, with the line number in
/// their errors.
package struct OwnBuilder {
  private let builder: Builder

  package init(_ builder: Builder) { self.builder = builder }

  /// Builds a .cdb from a text file.
  ///
  /// - Throws: What is wrong, with file and line where a line is wrong.
  package func build(_ source: FilePath, into target: FilePath) throws {
    let bytes = try FileReading.contents(of: source)
    let writer = try ConstantDatabaseWriter(replacing: target)
    switch builder {
    case .assignments: try Self.addAssignments(bytes, source, to: writer)
    case .keyList: try Self.addKeys(bytes, to: writer)
    }
    // The candidate is brought to the disk when it is moved into the product's place.
    try writer.commit(durably: false)
  }

  private static func addAssignments(
    _ bytes: [UInt8], _ source: FilePath, to writer: ConstantDatabaseWriter
  ) throws {
    for record in try UserAssignments(parsing: bytes, path: source).records {
      try writer.add(key: record.key, value: record.data)
    }
  }

  private static func addKeys(_ bytes: [UInt8], to writer: ConstantDatabaseWriter) throws {
    let empty: [UInt8] = []
    for key in ControlFile.keys(of: bytes) { try writer.add(key: key, value: empty) }
  }
}
