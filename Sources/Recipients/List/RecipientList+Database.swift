internal import ConstantDatabase
package import SystemPackage
internal import SystemSupport
internal import Synchronization

extension RecipientList {
  /// Brings a .cdb file up to date: written beside it and swapped in, only if a record differs.
  ///
  /// - Parameter path: The file; it need not exist. Its owner and mode are kept, a new one gets
  ///   0644.
  /// - Returns: What was done.
  /// - Throws: `SystemError` or `ConstantDatabaseError`; the old file is then still in place.
  package func update(_ path: FilePath) throws -> DatabaseUpdate.Outcome {
    try DatabaseUpdate(path).run(encoded())
  }

  /// The records as they stand in the file, encoded by several threads.
  func encoded() -> [EncodedRecords] {
    let slices = keys.parts.flatMap { part in
      stride(from: 0, to: part.count, by: Self.sliceSize).map { part[$0...].prefix(Self.sliceSize) }
    }
    let next = Atomic(0)
    let encoded = Mutex([EncodedRecords](repeating: EncodedRecords(), count: slices.count))
    @Sendable func work() {
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < slices.count else { return }
        let records = encode(slices[number])
        encoded.withLock { $0[number] = records }
      }
    }
    Workers.run(min(workerCount, slices.count), work, here: work)
    return encoded.withLock { $0 }
  }

  /// How many records a thread encodes at a time.
  private static let sliceSize = 1 << 14

  private func encode(_ slice: ArraySlice<KeyEntry>) -> EncodedRecords {
    var records = EncodedRecords(reserving: slice.reduce(0) { $0 + $1.count + 9 }, slice.count)
    unsafe forEachRecord(of: slice) { unsafe records.append(key: $0, value: $1) }
    return records
  }
}
