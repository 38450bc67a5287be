extension ConstantDatabase {
  /// How sorted records differ from those of this file, if it was made of sorted records too.
  ///
  /// Most of the records stand in the file byte for byte, at its beginning or counted from its end:
  /// pieces of them are compared as they are, and only those between are compared one by one.
  ///
  /// - Parameter pieces: The new records; the bytes of their keys ascend strictly, from one piece to
  ///   the next one too.
  /// - Returns: The differences; none means that a file of the pieces would be this one. Nil when
  ///   the file has its records in another order, or hash tables that are not theirs.
  /// - Throws: `ConstantDatabaseError` when the file is damaged where it is met; `SystemError` when
  ///   it cannot be read.
  package func changes(toSorted pieces: [EncodedRecords]) throws -> RecordChanges? {
    guard !pieces.contains(where: \.isOverfull) else { return nil }
    let pieces = pieces.filter { $0.count > 0 }
    let middle = try differingPart(of: pieces)
    let (head, tail) = (pieces[..<middle.pieces.lowerBound], pieces[middle.pieces.upperBound...])
    var merge = SortedMerge(with: pieces[middle.pieces], after: head.last)
    try unsafe recordWindow(on: middle.bytes).forEachRecord {
      try unsafe merge.step(key: $0.key, value: $0.value)
    }
    guard merge.finish(before: tail.first) else { return nil }
    let kept = (head + tail).reduce(0) { $0 + $1.count }
    let changes = RecordChanges(
      added: merge.added, removed: merge.removed, changed: merge.changed,
      before: kept + merge.before, after: kept + pieces[middle.pieces].reduce(0) { $0 + $1.count })
    if changes.isEmpty, try !hasTables(of: pieces) { return nil }
    try checkUnchanged()
    return changes
  }

  /// Leaves out the pieces that the file begins with, and then those that its records end with.
  ///
  /// - Returns: What is left of the pieces, and of the file's records.
  private func differingPart(
    of pieces: [EncodedRecords]
  ) throws -> (pieces: Range<Int>, bytes: Range<Int>) {
    // Whole pieces are asked for: nothing is read ahead.
    let window = recordWindow(capacity: 0)
    var (rest, bytes) = (pieces.indices, header.records)
    while let first = rest.first, pieces[first].byteCount <= bytes.count,
      try window.holds(pieces[first], at: bytes.lowerBound)
    {
      rest.removeFirst()
      bytes = (bytes.lowerBound + pieces[first].byteCount)..<bytes.upperBound
    }
    while let last = rest.last, pieces[last].byteCount <= bytes.count,
      try window.holds(pieces[last], at: bytes.upperBound - pieces[last].byteCount)
    {
      rest.removeLast()
      bytes = bytes.lowerBound..<(bytes.upperBound - pieces[last].byteCount)
    }
    return (rest, bytes)
  }

  /// Whether the file's hash tables are those that a file of these records has.
  private func hasTables(of pieces: [EncodedRecords]) throws -> Bool {
    guard let slots = EncodedRecords.slots(of: pieces) else { return false }
    let groups = SlotGroups(slots)
    let window = slotWindow()
    var expected = HashTable()
    return try header.tables.enumerated().allSatisfy { number, table in
      expected.fill(with: groups[number])
      return try expected.slots.count == table.slotCount
        && (table.slotCount == 0 || window.holds(expected, at: table.position))
    }
  }
}

extension FileWindow {
  /// Whether records stand here byte for byte; this window is on the file's records.
  fileprivate func holds(_ records: EncodedRecords, at position: Int) throws -> Bool {
    let old = try unsafe bytes(at: position, count: records.byteCount)
    return unsafe records.withBytes { unsafe isEqual($0, old) }
  }
}

/// Compares two runs of sorted records, the old one a record at a time.
private struct SortedMerge {
  private(set) var (before, added, removed, changed) = (0, 0, 0, 0)
  private var pieces: ArraySlice<EncodedRecords>
  /// The number of the next new record in the first piece.
  private var next = 0
  /// The old key before; empty when there is none.
  private var last: [UInt8]
  private var isAscending = true

  /// - Parameters:
  ///   - pieces: The new records.
  ///   - head: What both runs have before.
  init(with pieces: ArraySlice<EncodedRecords>, after head: EncodedRecords?) {
    self.pieces = pieces
    last = head?.lastKey ?? []
  }

  /// Takes the next old record.
  mutating func step(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    unsafe note(key)
    before += 1
    while let records = pieces.first {
      let (order, isSame) = unsafe records.withRecord(next) { newKey, newValue in
        unsafe (compare(newKey, key), isEqual(newValue, value))
      }
      if order > 0 { break }
      advance()
      if order == 0 {
        if !isSame { changed += 1 }
        return
      }
      added += 1
    }
    removed += 1
  }

  /// Counts what is left after the last old record.
  ///
  /// - Parameter tail: What both runs have after.
  /// - Returns: Whether the old keys ascend: only then do the counts mean something.
  mutating func finish(before tail: EncodedRecords?) -> Bool {
    while !pieces.isEmpty {
      added += 1
      advance()
    }
    if let key = tail?.firstKey { unsafe key.withUnsafeBytes { unsafe note($0) } }
    return isAscending
  }

  private mutating func advance() {
    next += 1
    if next == pieces.first?.count {
      pieces.removeFirst()
      next = 0
    }
  }

  private mutating func note(_ key: UnsafeRawBufferPointer) {
    if !last.isEmpty, unsafe last.withUnsafeBytes({ unsafe compare($0, key) }) >= 0 {
      isAscending = false
    }
    last.removeAll(keepingCapacity: true)
    unsafe last.append(contentsOf: key)
  }
}
