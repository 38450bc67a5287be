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

  /// Compares the records with those of the file; if they differ, builds it anew beside the old one
  /// and swaps it in.
  ///
  /// An old file that is damaged, or no .cdb file at all, is replaced. What runs that were killed
  /// have left beside it is removed.
  ///
  /// - Parameter records: The records, sorted by the bytes of their keys, each key once.
  /// - Returns: What was done.
  /// - Throws: `SystemError` or `ConstantDatabaseError` when the file cannot be written, and
  ///   `RecipientError` when it is a symbolic link. The old file is then untouched.
  package func run(_ records: [EncodedRecords]) throws -> Outcome {
    FileReplacement.removeAbandoned(of: path)
    let hasOld = try FileStatus.of(path) != nil
    let changes = hasOld ? try changes(to: records) : nil
    if let changes, changes.isEmpty { return .unchanged(changes.after) }
    try refuseLink()
    let writer = try ConstantDatabaseWriter(replacing: path, mode: mode)
    for piece in records { try writer.add(piece) }
    try writer.finish()
    let outcome = try changes.map { .changed($0) } ?? outcome(of: writer, hasOld: hasOld)
    if case .unchanged = outcome { return outcome }
    if !hasOld, let group { try FileOperations.setGroup(of: writer.temporaryPath, to: group) }
    try writer.commit()
    return outcome
  }

  /// A file in a link's place would have neither the owner nor the mode of what the link leads to:
  /// qmail-smtpd could be unable to read it.
  private func refuseLink() throws {
    guard try FileStatus.of(path, followingLinks: false)?.kind == .link else { return }
    let reason = "\(path.visible): it is a symbolic link, and would be replaced by a file"
    throw RecipientError(problems: [RecipientProblem(nil, "unable to replace \(reason)")])
  }

  /// How the records differ from those of the file; nil when it was not made by us, or is damaged:
  /// then it must be compared with a finished file.
  private func changes(to records: [EncodedRecords]) throws -> RecordChanges? {
    do {
      return try ConstantDatabase(opening: path).changes(toSorted: records)
    } catch is ConstantDatabaseError {
      return nil
    }
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
