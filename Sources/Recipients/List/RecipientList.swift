/// The recipients of a server as records of the .cdb: keys in small letters, sorted by their bytes,
/// each once; and those that are refused whatever the rest says.
package struct RecipientList: Sendable {
  let keys: SortedKeys
  /// How many threads encode the records.
  let workerCount: Int

  /// The value of a record that refuses; that of one that accepts is empty.
  static let refusing = [UInt8(ascii: "-")]

  init(_ arenas: [KeyArena], workerCount: Int) {
    keys = SortedKeys(arenas, workerCount: workerCount)
    self.workerCount = workerCount
  }

  /// How many records there are.
  package var count: Int { keys.count }

  /// Gives each record to `body`, sorted by key; the bytes are valid during the call.
  package func forEachRecord(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    for part in keys.parts { try unsafe forEachRecord(of: part[...], body) }
  }

  /// Gives the records of some keys to a body, in their order.
  func forEachRecord(
    of entries: ArraySlice<KeyEntry>,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    try unsafe keys.withBlocks { blocks in
      try unsafe Self.refusing.withUnsafeBytes { refusing in
        for (index, entry) in zip(entries.indices, entries) {
          // Neighbours in the list come from different domains, whose keys lie far apart.
          if index + Self.lookAhead < entries.endIndex {
            unsafe entries[index + Self.lookAhead].prefetch(in: blocks)
          }
          let value =
            unsafe entry.mark == .rejected ? refusing : UnsafeRawBufferPointer(start: nil, count: 0)
          try unsafe body(entry.key(in: blocks), value)
        }
      }
    }
  }

  /// How many records beforehand a key is asked for.
  private static let lookAhead = 12
}
