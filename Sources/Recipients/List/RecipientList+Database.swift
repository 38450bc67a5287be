internal import ConstantDatabase
package import SystemPackage
internal import Synchronization
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

  /// Adds the records, encoded by several threads.
  private func add(to writer: ConstantDatabaseWriter) throws {
    let slices = keys.parts.flatMap { part in
      stride(from: 0, to: part.count, by: Self.sliceSize).map { part[$0...].prefix(Self.sliceSize) }
    }
    let next = Atomic(0)
    let encoded = Mutex<[EncodedRecords?]>(Array(repeating: nil, count: slices.count))
    @Sendable func work() {
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < slices.count else { return }
        let records = encode(slices[number])
        encoded.withLock { $0[number] = records }
      }
    }
    Workers.run(min(workerCount, slices.count), work, here: work)
    for records in encoded.withLock({ $0 }) {
      if let records { try writer.add(records) }
    }
  }

  /// How many records a thread encodes at a time.
  private static let sliceSize = 1 << 14

  private func encode(_ slice: ArraySlice<KeyEntry>) -> EncodedRecords {
    var records = EncodedRecords(reserving: slice.reduce(0) { $0 + $1.count + 9 }, slice.count)
    for entry in slice { unsafe withRecord(entry) { unsafe records.append(key: $0, value: $1) } }
    return records
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

  private let list: RecipientList
  private var cursor: SortedKeys.Cursor
  private var last: [UInt8] = []
  private var (before, added, removed, changed) = (0, 0, 0, 0)

  init(of list: RecipientList) {
    self.list = list
    cursor = SortedKeys.Cursor(list.keys)
  }

  var changes: RecordChanges {
    RecordChanges(
      added: added, removed: removed, changed: changed, before: before, after: list.count)
  }

  mutating func step(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    try unsafe checkOrder(key)
    before += 1
    while let entry = cursor.next {
      let (order, isSame) = unsafe list.withRecord(entry) { ownKey, ownValue in
        unsafe (Order.compare(ownKey, key), Order.compare(ownValue, value) == 0)
      }
      if order > 0 { break }
      cursor.advance()
      if order == 0 {
        if !isSame { changed += 1 }
        return
      }
      added += 1
    }
    removed += 1
  }

  /// Counts what is left after the old file's last record.
  mutating func finish() {
    while cursor.next != nil {
      added += 1
      cursor.advance()
    }
  }

  private mutating func checkOrder(_ key: UnsafeRawBufferPointer) throws {
    let isLater = unsafe last.withUnsafeBytes { unsafe Order.compare($0, key) < 0 }
    guard isLater || before == 0 else { throw Disorder() }
    last.removeAll(keepingCapacity: true)
    unsafe last.append(contentsOf: key)
  }
}
