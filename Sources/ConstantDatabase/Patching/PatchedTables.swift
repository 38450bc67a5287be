internal import SystemSupport

/// The hash tables of a patched file, and the header that leads to them.
///
/// A table's shape depends on the hashes of its records and their order only: the table of records
/// of which none came or went is taken over, with the positions moved. The others are made anew
/// from the slots that stay and those that come.
struct PatchedTables: Sendable {
  private let old: DatabaseImage
  private let shifts: Shifts
  /// The slots of the records that go, with their old positions, and of those that come.
  private let removed: SlotGroups
  private let added: SlotGroups
  /// The numbers that the new file begins with, in its byte order.
  let header: [UInt32]

  /// - Parameters:
  ///   - old: The old file.
  ///   - edits: What becomes of its records.
  /// - Throws: `ConstantDatabaseError` when a table does not lie where a writer puts it, or lacks
  ///   the records that go.
  init(of old: DatabaseImage, _ edits: RecordEdits) throws {
    self.old = old
    shifts = Shifts(edits)
    removed = SlotGroups(try edits.removedSlots(of: old))
    added = SlotGroups(edits.addedSlots)
    var oldPosition = old.header.records.upperBound
    var position = oldPosition + edits.growth
    var header: [UInt32] = []
    for (number, table) in old.header.tables.enumerated() {
      let count = table.slotCount + 2 * (added[number].count - removed[number].count)
      guard table.position == oldPosition, count >= 0 else {
        throw old.damage(at: number * 8, "hash table \(number) is not in its place")
      }
      header += [UInt32(position).littleEndian, UInt32(count).littleEndian]
      oldPosition = table.end
      position += count * Format.slotSize
    }
    self.header = header
  }

  /// The slots of all the tables, in the byte order of the file.
  ///
  /// - Throws: `ConstantDatabaseError` when a table is not filled as a writer does.
  func slots() throws -> [Slot] {
    var slots: [Slot] = []
    slots.reserveInHugePages(
      old.tables.count / Format.slotSize + 2 * (added.count - removed.count))
    for (number, table) in old.header.tables.enumerated() {
      let isTouched = !removed[number].isEmpty || !added[number].isEmpty
      guard let new = isTouched ? rebuilt(number) : takenOver(table) else {
        throw old.damage(at: table.position, "hash table \(number) is not that of its records")
      }
      slots += new
    }
    return slots
  }

  /// A table whose records have only moved; nil when it cannot be a table of records.
  private func takenOver(_ table: Header.Table) -> [Slot]? {
    let start = table.position - old.header.slots.lowerBound
    let records = UInt32(old.header.records.lowerBound)..<UInt32(old.header.records.upperBound)
    var used = 0
    var isSound = true
    let slots = unsafe old.tables.withUnsafeBytes { bytes in
      unsafe [Slot](unsafeUninitializedCapacity: table.slotCount) { slots, count in
        count = table.slotCount
        for number in 0..<count {
          var slot = unsafe Slot(in: bytes, at: start + number * Format.slotSize)
          if !slot.isEmpty {
            used += 1
            isSound = isSound && records.contains(slot.position)
            slot.position = shifts.moved(slot.position)
          }
          unsafe slots.initializeElement(at: number, to: slot.littleEndian)
        }
      }
    }
    return isSound && 2 * used == slots.count ? slots : nil
  }

  /// The table of the records that stay and those that come; nil when the old one is not filled as
  /// a writer does or lacks a record that goes.
  private func rebuilt(_ number: Int) -> [Slot]? {
    let table = old.header.tables[number]
    let gone = Set(removed[number].map(\.position))
    let members = old.slots(of: table).filter { !$0.isEmpty }
    let staying = members.filter { !gone.contains($0.position) }
    guard 2 * members.count == table.slotCount, staying.count == members.count - gone.count,
      members.allSatisfy({ old.header.records.contains(Int($0.position)) })
    else { return nil }
    let moved = staying.map { Slot(hash: $0.hash, position: shifts.moved($0.position)) }
    let records = (moved + added[number]).sorted { $0.position < $1.position }
    var rebuilt = HashTable()
    rebuilt.fill(with: records[...])
    return rebuilt.slots
  }
}

extension RecordEdits {
  /// Hash and old position of each record that goes.
  fileprivate func removedSlots(of image: DatabaseImage) throws -> [Slot] {
    try edits.filter { !$0.removed.isEmpty }.map { edit in
      let hash = try unsafe image.withRecord(at: edit.removed.lowerBound) {
        unsafe KeyHash(of: $0.key)
      }
      return Slot(hash: hash.value, position: UInt32(edit.removed.lowerBound))
    }
  }

  /// Hash and new position of each record that comes.
  fileprivate var addedSlots: [Slot] {
    var distance = 0
    var slots: [Slot] = []
    for edit in edits {
      if let number = edit.added {
        let position = edit.removed.lowerBound + distance
        slots.append(Slot(hash: added.slots[number].hash, position: UInt32(position)))
        distance += added.extent(of: number).count
      }
      distance -= edit.removed.count
    }
    return slots
  }
}

/// How far the records that stay are moved.
private struct Shifts: Sendable {
  /// From where on in the old file, ascending.
  private var starts: [Int] = []
  private var distances: [Int] = []

  init(_ edits: RecordEdits) {
    var distance = 0
    for edit in edits.edits {
      distance += edit.added.map { edits.added.extent(of: $0).count } ?? 0
      distance -= edit.removed.count
      if starts.last == edit.removed.upperBound {
        distances[distances.count - 1] = distance
      } else {
        starts.append(edit.removed.upperBound)
        distances.append(distance)
      }
    }
  }

  /// Where a record that stays is in the new file.
  func moved(_ position: UInt32) -> UInt32 {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= Int(position) { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? position : UInt32(truncatingIfNeeded: Int(position) + distances[low - 1])
  }
}
