internal import ConstantDatabase
internal import Glibc
package import SystemPackage
internal import SystemSupport

extension RecipientList {
  /// What became of a .cdb file.
  package enum Update: Equatable, Sendable {
    /// It held these records already and was not touched.
    case unchanged
    /// It was replaced.
    case replaced
  }

  /// Brings a .cdb file up to date: written beside it and swapped in, only if a record differs.
  ///
  /// - Parameters:
  ///   - path: The file; it need not exist. Its owner and mode are kept, a new one gets 0644.
  /// - Returns: Whether it was replaced.
  /// - Throws: `SystemError` or `ConstantDatabaseError`; the old file is then still in place.
  package func update(_ path: FilePath) throws -> Update {
    let old = try Self.openIfUsable(path)
    if let old, try isSequence(of: old) { return .unchanged }
    let writer = try ConstantDatabaseWriter(replacing: path)
    try unsafe forEachRecord { try unsafe writer.add(key: $0, value: $1) }
    try writer.finish()
    // The old file may hold the same records in another order.
    if let old, try Self.isEqual(old, path, writer.temporaryPath) { return .unchanged }
    try writer.commit()
    return .replaced
  }

  /// The file in use; nil when there is none, or it is damaged and must be replaced anyway.
  private static func openIfUsable(_ path: FilePath) throws -> ConstantDatabase? {
    guard try FileStatus.of(path) != nil else { return nil }
    do {
      return try ConstantDatabase(opening: path)
    } catch is ConstantDatabaseError {
      return nil
    }
  }

  private static func isEqual(
    _ old: ConstantDatabase, _ path: FilePath, _ candidate: FilePath
  ) throws -> Bool {
    do {
      return try RecordChanges.between(path, candidate, samples: 0).isEmpty
    } catch is ConstantDatabaseError {
      return false
    }
  }

  /// Whether the file holds these records in this order, and sound tables.
  private func isSequence(of database: ConstantDatabase) throws -> Bool {
    struct Difference: Error {}
    var cursor = Cursor(self)
    do {
      try unsafe database.forEachRecord { key, value in
        let isSame = unsafe cursor.withNext { ownKey, ownValue in
          unsafe Order.compare(key, ownKey) == 0 && Order.compare(value, ownValue) == 0
        }
        guard isSame == true else { throw Difference() }
      }
      guard unsafe cursor.withNext({ _, _ in () }) == nil else { return false }
      _ = try database.verify()
      return true
    } catch is Difference {
      return false
    } catch is ConstantDatabaseError {
      return false
    }
  }
}
