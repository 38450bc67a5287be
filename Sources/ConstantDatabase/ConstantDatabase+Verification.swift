extension ConstantDatabase {
  /// How far a table that is filled as builders do it is filled again to be compared: keys that are
  /// no trap need less than one probe each.
  private static let probesPerSlot = 8

  /// Checks that the whole file is sound.
  ///
  /// Sound means: the records fill the room before the tables exactly; each record can be reached
  /// by a search for its key; each slot leads to a record with its hash, and no two to the same
  /// one; the tables fill the rest of the file. Takes a time in proportion to the size of the file, whatever
  /// it contains, and some 20 bytes of memory for each record beside the largest table.
  ///
  /// - Returns: How many records there are.
  /// - Throws: `ConstantDatabaseError` that tells the first thing that is wrong; `SystemError` when
  ///   the file cannot be read.
  package func verify() throws -> Int {
    let slotCount = header.tables.reduce(0) { $0 + $1.slotCount }
    guard slotCount * Format.slotSize == header.slots.count else {
      throw damage(
        at: header.slots.lowerBound, "the hash tables do not fill the file from here on")
    }
    var records: [Slot] = []
    records.reserveCapacity(slotCount / 2)
    try unsafe recordWindow().forEachRecord { record in
      unsafe records.append(
        Slot(hash: KeyHash(of: record.key).value, position: UInt32(record.position)))
    }
    let groups = SlotGroups(records)
    let window = slotWindow()
    var usual = HashTable()
    for (number, table) in header.tables.enumerated()
    where table.slotCount + groups[number].count > 0 {
      if table.slotCount == 2 * groups[number].count,
        usual.fill(with: groups[number], probeLimit: Self.probesPerSlot * table.slotCount),
        try window.holds(usual, at: table.position)
      {
        continue
      }
      let slots = try window.slots(of: table)
      if let flaw = TableCheck(slots: slots, records: groups[number]).firstFlaw() {
        throw damage(flaw, table: number)
      }
    }
    try checkUnchanged()
    recordCount = records.count
    return records.count
  }

  private func damage(_ flaw: TableCheck.Flaw, table: Int) -> ConstantDatabaseError {
    func offset(_ slot: Int) -> Int { header.tables[table].position + slot * Format.slotSize }
    switch flaw {
    case .stray(let slot):
      return damage(
        at: offset(slot), "a slot of hash table \(table) leads to no record with its hash")
    case .repeated(let slot):
      return damage(
        at: offset(slot), "a slot of hash table \(table) leads to a record that another one has")
    case .unreachable(let slot):
      return damage(
        at: offset(slot), "an empty slot hides this one from every search in hash table \(table)")
    case .missing(let record):
      return damage(at: Int(record.position), "this record has no slot in hash table \(table)")
    }
  }
}

extension FileWindow {
  /// How many slots are taken from the window at a time.
  private static let slotStride = 1 << 16

  /// All the slots of a table; this window is on the file's tables.
  func slots(of table: Header.Table) throws -> [Slot] {
    try unsafe [Slot](unsafeUninitializedCapacity: table.slotCount) { slots, count in
      while count < table.slotCount {
        let part = min(table.slotCount - count, Self.slotStride)
        let bytes = try unsafe bytes(
          at: table.position + count * Format.slotSize, count: part * Format.slotSize)
        for number in 0..<part {
          let slot = unsafe Slot(in: bytes, at: number * Format.slotSize)
          unsafe slots.initializeElement(at: count + number, to: slot)
        }
        count += part
      }
    }
  }
}
