/// Compares the records of a new database with those of an old one.
struct Comparison {
  /// Up to these sizes the old file's records and tables are held in memory as a whole; of larger
  /// ones, pages are read as they are needed.
  private static let recordCapacity = 96 << 20
  private static let slotCapacity = 48 << 20

  private let old: ConstantDatabase
  private let finder: RecordFinder
  private let sampleLimit: Int
  /// Which slots of the old file lead to records that the new file has too.
  private var matched: SlotMarks
  private var after = 0
  private var changed = Samples(.changed)
  private var added = Samples(.added)

  init(with old: ConstantDatabase, samples: Int) {
    self.old = old
    sampleLimit = samples
    finder = RecordFinder(
      header: old.header, slots: old.slotWindow(capacity: Self.slotCapacity),
      records: old.recordWindow(capacity: Self.recordCapacity))
    matched = SlotMarks(for: old.header)
  }

  /// Looks each record of the new file up in the old one; what is left there has been removed.
  mutating func run(_ new: ConstantDatabase) throws -> RecordChanges {
    try unsafe new.forEachRecord { key, value in
      after += 1
      try unsafe lookUp(key, value)
    }
    let (before, removedPositions) = try unmatched()
    var samples = try removedPositions.prefix(sampleLimit).map { position in
      unsafe RecordChanges.Sample(
        kind: .removed, key: [UInt8](try finder.records.record(at: Int(position)).key))
    }
    samples += changed.samples + added.samples
    try old.checkUnchanged()
    return RecordChanges(
      added: added.count, removed: removedPositions.count, changed: changed.count, before: before,
      after: after, samples: Array(samples.prefix(sampleLimit)))
  }

  /// Matches a record with the first one of the same key in the old file that is not matched yet.
  private mutating func lookUp(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer)
    throws
  {
    var isSame = false
    let isKnown = try unsafe finder.find(key, hash: KeyHash(of: key)) { place, oldValue in
      guard matched.insert(place) else { return false }
      isSame = unsafe isEqual(value, oldValue)
      return true
    }
    if isSame { return }
    if isKnown {
      unsafe changed.add(key, limit: sampleLimit)
    } else {
      unsafe added.add(key, limit: sampleLimit)
    }
  }

  /// Counts the old file's records, and finds those that no record of the new file was matched with.
  ///
  /// - Returns: The count, and where the unmatched ones lie, in the order of the file.
  private func unmatched() throws -> (count: Int, positions: [UInt32]) {
    var count = 0
    var positions: [UInt32] = []
    for (number, table) in old.header.tables.enumerated() {
      for slotNumber in 0..<table.slotCount {
        let slot = try finder.slots.slot(slotNumber, of: table)
        if slot.isEmpty { continue }
        count += 1
        let place = RecordFinder.Place(table: number, slot: slotNumber)
        if !matched.contains(place) { positions.append(slot.position) }
      }
    }
    positions.sort()
    return (count, positions)
  }
}

/// Counts records that differ, and keeps some of their keys.
private struct Samples {
  private let kind: RecordChanges.Sample.Kind
  private(set) var count = 0
  private(set) var samples: [RecordChanges.Sample] = []

  init(_ kind: RecordChanges.Sample.Kind) { self.kind = kind }

  mutating func add(_ key: UnsafeRawBufferPointer, limit: Int) {
    count += 1
    if samples.count < limit { unsafe samples.append(.init(kind: kind, key: [UInt8](key))) }
  }
}

/// A mark for each slot of a file, a bit each.
private struct SlotMarks {
  private var words: [UInt64]
  /// The number of each table's first slot, counted through all tables.
  private let firsts: [Int]

  init(for header: Header) {
    var firsts: [Int] = []
    var count = 0
    for table in header.tables {
      firsts.append(count)
      count += table.slotCount
    }
    self.firsts = firsts
    words = [UInt64](repeating: 0, count: count / 64 + 1)
  }

  /// Sets a mark.
  ///
  /// - Returns: Whether it was not set before.
  mutating func insert(_ place: RecordFinder.Place) -> Bool {
    let (word, bit) = position(of: place)
    defer { words[word] |= bit }
    return words[word] & bit == 0
  }

  func contains(_ place: RecordFinder.Place) -> Bool {
    let (word, bit) = position(of: place)
    return words[word] & bit != 0
  }

  private func position(of place: RecordFinder.Place) -> (word: Int, bit: UInt64) {
    let number = firsts[place.table] + place.slot
    return (number / 64, 1 << UInt64(number % 64))
  }
}
