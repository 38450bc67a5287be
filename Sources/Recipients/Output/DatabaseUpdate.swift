package import ConstantDatabase
package import SystemPackage
internal import SystemSupport

/// A .cdb file that is replaced only if its records differ, keys or values.
package struct DatabaseUpdate {
  /// What an update did.
  package enum Outcome: Equatable, Sendable, CustomStringConvertible {
    /// The file has these records already: nothing was written.
    case unchanged(Int)
    /// There was no file; the new one has so many records.
    case created(Int)
    case changed(RecordChanges)
    /// The old file was no sound .cdb file, and was replaced.
    case repaired(ConstantDatabaseError)

    package var description: String {
      switch self {
      case .unchanged(let count): "unchanged, \(count) records"
      case .created(let count): "created, \(count) records"
      case .changed(let changes):
        "replaced, \(changes.after) records: \(changes.added) added, \(changes.removed) removed, "
          + "\(changes.changed) changed"
      case .repaired(let error): "replaced, since the old one was damaged: \(error)"
      }
    }
  }

  /// The .cdb file.
  package let path: FilePath
  /// The permissions of a new file; an old one's are kept, as its owner and group are.
  package let mode: UInt32
  /// The group of a new file; nil leaves it our own.
  package let group: UInt32?

  package init(_ path: FilePath, mode: UInt32 = 0o644, group: UInt32? = nil) {
    self.path = path
    self.mode = mode
    self.group = group
  }

  /// Builds the file beside the old one and swaps it in if there is a difference.
  ///
  /// An old file that is damaged, or no .cdb file at all, is replaced.
  ///
  /// - Parameter addRecords: Adds all the records to the writer.
  /// - Returns: What was done.
  /// - Throws: What `addRecords` throws; `SystemError` when the file cannot be written. The old file
  ///   is then untouched.
  package func run(_ addRecords: (ConstantDatabaseWriter) throws -> Void) throws -> Outcome {
    let old = try FileStatus.of(path)
    let writer = try ConstantDatabaseWriter(replacing: path, mode: mode)
    try addRecords(writer)
    try writer.finish()
    let outcome = try outcome(of: writer, hasOld: old != nil)
    if case .unchanged = outcome { return outcome }
    if old == nil, let group {
      try FileOperations.setGroup(of: writer.temporaryPath, to: group)
    }
    try writer.commit()
    return outcome
  }

  private func outcome(of writer: ConstantDatabaseWriter, hasOld: Bool) throws -> Outcome {
    guard hasOld else { return .created(writer.recordCount) }
    do {
      let changes = try RecordChanges.between(path, writer.temporaryPath, samples: 0)
      return changes.isEmpty ? .unchanged(changes.after) : .changed(changes)
    } catch let error as ConstantDatabaseError where error.file == path.visible {
      return .repaired(error)
    }
  }
}
