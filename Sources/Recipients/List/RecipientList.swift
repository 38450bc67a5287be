/// The recipients of a server as records of the .cdb: keys in small letters, sorted by their bytes,
/// each once; and those that are refused whatever the rest says.
package struct RecipientList: Sendable {
  let keys: SortedKeys
  /// How many threads encode the records.
  let workerCount: Int

  /// The value of a record that accepts: none.
  static let accepting: [UInt8] = []
  /// The value of a record that refuses.
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
    for part in keys.parts {
      for entry in part { try unsafe withRecord(entry, body) }
    }
  }

  /// Gives the record of a key to a body.
  func withRecord<Result>(
    _ entry: KeyEntry,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let value = entry.mark == .rejected ? Self.refusing : Self.accepting
    return try unsafe keys.withKey(of: entry) { key in
      try unsafe value.withUnsafeBytes { try unsafe body(key, $0) }
    }
  }
}
