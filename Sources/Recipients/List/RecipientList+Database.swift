internal import ConstantDatabase
package import SystemPackage
internal import SystemSupport

extension RecipientList {
  /// Brings a .cdb file up to date: written beside it and swapped in, only if a record differs.
  ///
  /// - Parameter path: The file; it need not exist. Its owner and mode are kept, a new one gets
  ///   0644.
  /// - Returns: What was done.
  /// - Throws: `SystemError` or `ConstantDatabaseError`; the old file is then still in place.
  package func update(_ path: FilePath) throws -> DatabaseUpdate.Outcome {
    guard let changes = try sortedChanges(since: path) else {
      return try DatabaseUpdate(path).run { try add(to: $0) }
    }
    if changes.isEmpty { return .unchanged(changes.after) }
    let writer = try ConstantDatabaseWriter(replacing: path)
    try add(to: writer)
    try writer.commit()
    return .changed(changes)
  }

  private func add(to writer: ConstantDatabaseWriter) throws {
    try unsafe forEachRecord { try unsafe writer.add(key: $0, value: $1) }
  }

  /// How the list differs from a file that has its records in our order, by walking through both.
  ///
  /// - Returns: The differences; nil when there is no file, it is in another order or damaged.
  /// - Throws: `SystemError` when the file cannot be read.
  private func sortedChanges(since path: FilePath) throws -> RecordChanges? {
    guard try FileStatus.of(path) != nil else { return nil }
    var walk = ChangeWalk(of: self)
    do {
      let old = try ConstantDatabase(opening: path)
      try unsafe old.forEachRecord { try unsafe walk.step(key: $0, value: $1) }
      walk.finish()
      if walk.changes.isEmpty { _ = try old.verify() }
    } catch is ConstantDatabaseError {
      return nil
    } catch is ChangeWalk.Disorder {
      return nil
    }
    return walk.changes
  }
}

/// Compares an old file's records, one after the other, with those of a list.
private struct ChangeWalk {
  /// The old file's records are in another order.
  struct Disorder: Error {}

  private var cursor: RecipientList.Cursor
  private var last: [UInt8] = []
  private var (before, after, added, removed, changed) = (0, 0, 0, 0, 0)

  init(of list: RecipientList) { cursor = RecipientList.Cursor(list) }

  var changes: RecordChanges {
    RecordChanges(added: added, removed: removed, changed: changed, before: before, after: after)
  }

  mutating func step(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    try unsafe checkOrder(key)
    before += 1
    while let order = unsafe cursor.compareNext(key) {
      if order > 0 { break }
      after += 1
      guard order == 0 else {
        added += 1
        cursor.skip()
        continue
      }
      let isSame = unsafe cursor.withNext { _, own in unsafe Order.compare(own, value) == 0 }
      if isSame == false { changed += 1 }
      return
    }
    removed += 1
  }

  /// Counts what is left after the old file's last record.
  mutating func finish() {
    while unsafe cursor.withNext({ _, _ in () }) != nil {
      after += 1
      added += 1
    }
  }

  private mutating func checkOrder(_ key: UnsafeRawBufferPointer) throws {
    let isLater = unsafe last.withUnsafeBytes { unsafe Order.compare($0, key) < 0 }
    guard isLater || before == 0 else { throw Disorder() }
    last.removeAll(keepingCapacity: true)
    unsafe last.append(contentsOf: key)
  }
}
