/// A hash table as builders fill it: two places for each record, which takes the first one that is
/// free from its own on.
///
/// One value is filled again and again, so that a file's 256 tables share their memory.
struct HashTable {
  /// The slots in the byte order of the file.
  private(set) var slots: [Slot] = []

  /// How many bytes the table takes in a file.
  var byteCount: Int { slots.count * Format.slotSize }

  /// Fills the table anew.
  ///
  /// - Parameter records: Hash and position of each record, in the order of the file.
  mutating func fill(with records: ArraySlice<Slot>) { _ = fill(with: records, probeLimit: .max) }

  /// Fills the table anew, unless that takes too long: where many records have one hash, the time
  /// grows with their square.
  ///
  /// - Parameters:
  ///   - records: Hash and position of each record, in the order of the file.
  ///   - probeLimit: How many places that are taken may be looked at.
  /// - Returns: Whether the table is filled.
  mutating func fill(with records: ArraySlice<Slot>, probeLimit: Int) -> Bool {
    let count = 2 * records.count
    if slots.count < count {
      slots += repeatElement(.empty, count: count - slots.count)
    } else {
      slots.removeLast(slots.count - count)
    }
    return unsafe slots.withUnsafeMutableBufferPointer { slots in
      unsafe slots.update(repeating: .empty)
      var probesLeft = probeLimit
      for record in records {
        var number = KeyHash(value: record.hash).firstSlot(of: count)
        while unsafe !slots[number].isEmpty {
          guard probesLeft > 0 else { return false }
          probesLeft -= 1
          number = number + 1 == count ? 0 : number + 1
        }
        unsafe slots[number] = record.littleEndian
      }
      return true
    }
  }

  /// Lends the bytes as they stand in the file.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try unsafe slots.withUnsafeBytes { try unsafe body($0) }
  }
}

extension FileWindow {
  /// Whether a table stands here byte for byte; this window is on the file's tables.
  func holds(_ table: HashTable, at position: Int) throws -> Bool {
    let bytes = try unsafe bytes(at: position, count: table.byteCount)
    return unsafe table.withBytes { unsafe isEqual($0, bytes) }
  }
}
