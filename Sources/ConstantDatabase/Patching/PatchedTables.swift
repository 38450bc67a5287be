/// The hash tables of a patched file, and the header that leads to them.
///
/// A table's shape depends on the hashes of its records and their order only: the table of records
/// of which none came or went is taken over, with the positions moved. The others are made anew
/// from the slots that stay and those that come.
struct PatchedTables: Sendable {
  /// The numbers that the file begins with, in its byte order.
  private(set) var header: [UInt32] = []
  /// The slots of all the tables, in the byte order of the file.
  private(set) var slots: [Slot] = []

  /// - Parameters:
  ///   - image: The old file.
  ///   - edits: What becomes of its records.
  /// - Throws: `ConstantDatabaseError` when a table does not lie where a writer puts it, or is not
  ///   filled as a writer does.
  init(of image: DatabaseImage, _ edits: RecordEdits) throws {
    let shifts = Shifts(edits)
    let removed = SlotGroups(try edits.removedSlots(of: image))
    let added = SlotGroups(edits.addedSlots)
    var oldPosition = image.header.records.upperBound
    var position = oldPosition + edits.growth
    slots.reserveCapacity(image.tables.count / Format.slotSize + 2 * edits.added.count)
    for (number, table) in image.header.tables.enumerated() {
      guard table.position == oldPosition else {
        throw image.damage(at: number * 8, "hash table \(number) is not in its place")
      }
      let old = image.slots(of: table)
      let members = old.count { image.header.records.contains(Int($0.position)) }
      let isTouched = !removed[number].isEmpty || !added[number].isEmpty
      guard members * 2 == old.count, old.count(where: \.isEmpty) == members,
        let new = isTouched
          ? Self.table(of: old, without: removed[number], with: added[number], shifts)
          : old.map(shifts.moved)
      else {
        throw image.damage(at: table.position, "hash table \(number) is not that of its records")
      }
      header += [UInt32(position).littleEndian, UInt32(new.count).littleEndian]
      slots += new.lazy.map {
        Slot(hash: $0.hash.littleEndian, position: $0.position.littleEndian)
      }
      oldPosition = table.end
      position += new.count * Format.slotSize
    }
  }

  /// The table of the records that stay and those that come; nil when the old one lacks a record
  /// that goes.
  private static func table(
    of old: [Slot], without removed: ArraySlice<Slot>, with added: ArraySlice<Slot>,
    _ shifts: Shifts
  ) -> [Slot]? {
    let gone = Set(removed.map(\.position))
    let staying = old.filter { !$0.isEmpty && !gone.contains($0.position) }
    guard 2 * (staying.count + gone.count) == old.count else { return nil }
    let records = (staying.map(shifts.moved) + added).sorted { $0.position < $1.position }
    return hashTable(of: records[...])
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

  /// The slot of a record that stays, with its place in the new file, or an empty one.
  func moved(_ slot: Slot) -> Slot {
    var (low, high) = (0, slot.isEmpty ? 0 : starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= Int(slot.position) { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return slot }
    let position = Int(slot.position) + distances[low - 1]
    return Slot(hash: slot.hash, position: UInt32(truncatingIfNeeded: position))
  }
}
