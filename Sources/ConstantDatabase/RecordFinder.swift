/// Finds records through the hash tables.
struct RecordFinder {
  /// Where a slot lies: its table and its number within it.
  struct Place {
    let table: Int
    let slot: Int
  }

  let header: Header
  /// A window on the hash tables.
  let slots: FileWindow
  /// A window on the records.
  let records: FileWindow

  /// Looks at the records with a key, in their order, until one is accepted.
  ///
  /// The search ends at the first empty slot, and at the latest when each slot of the table has
  /// been seen.
  ///
  /// - Parameters:
  ///   - key: The key; it must not lie in one of the windows.
  ///   - hash: The key's hash.
  ///   - accept: Whether this is the record; the value is valid during the call.
  /// - Returns: Whether a record was accepted.
  /// - Throws: `ConstantDatabaseError` and `SystemError` as the windows do, and what `accept` does.
  func find(
    _ key: UnsafeRawBufferPointer, hash: KeyHash,
    accept: (Place, _ value: UnsafeRawBufferPointer) throws -> Bool
  ) throws -> Bool {
    let table = header.tables[hash.table]
    guard table.slotCount > 0 else { return false }
    var number = hash.firstSlot(of: table.slotCount)
    for _ in 0..<table.slotCount {
      let slot = try slots.slot(number, of: table)
      if slot.isEmpty { return false }
      if slot.hash == hash.value {
        let record = try unsafe records.record(at: Int(slot.position))
        if unsafe isEqual(record.key, key),
          try unsafe accept(Place(table: hash.table, slot: number), record.value)
        {
          return true
        }
      }
      number = number + 1 == table.slotCount ? 0 : number + 1
    }
    return false
  }
}

extension FileWindow {
  /// One slot of a table; this window is on the file's tables.
  func slot(_ number: Int, of table: Header.Table) throws -> Slot {
    let (hash, position) = try pair(at: table.position + number * Format.slotSize)
    return Slot(hash: hash, position: position)
  }
}
