internal import SystemSupport

/// The slots of all the records, sorted by the table that they belong to.
///
/// Within a table they keep the order of the records, which decides who is found first.
struct SlotGroups {
  private let slots: [Slot]
  /// Where each table's slots begin in `slots`; the last entry is the end.
  private let starts: [Int]

  /// Sorts the slots of the records, given in the order of the records.
  init(_ records: [Slot]) {
    var starts = [Int](repeating: 0, count: Format.tableCount + 1)
    for record in records { starts[Int(record.hash & 255) + 1] += 1 }
    for table in 0..<Format.tableCount { starts[table + 1] += starts[table] }
    var next = starts
    slots = unsafe [Slot](unsafeUninitializedCapacity: records.count) { sorted, count in
      unsafe HugePages.advise(UnsafeRawBufferPointer(sorted))
      for record in records {
        let table = Int(record.hash & 255)
        unsafe sorted.initializeElement(at: next[table], to: record)
        next[table] += 1
      }
      count = records.count
    }
    self.starts = starts
  }

  var count: Int { slots.count }

  /// The slots of one table's records.
  subscript(table: Int) -> ArraySlice<Slot> { slots[starts[table]..<starts[table + 1]] }
}
