/// Compares one hash table with the records that belong into it.
struct TableCheck {
  /// What can be wrong with a table; slots are meant by their number.
  enum Flaw: Equatable {
    /// The slot leads to no record with its hash.
    case stray(slot: Int)
    /// The slot leads to a record that another slot leads to.
    case repeated(slot: Int)
    /// Every search for the slot's record ends at an empty slot before it.
    case unreachable(slot: Int)
    /// No slot leads to the record.
    case missing(record: Slot)
  }

  /// The table.
  let slots: [Slot]
  /// Hash and position of each record that belongs into it, in the order of positions.
  let records: ArraySlice<Slot>

  /// The first thing that is wrong, or nil; one round through the table, whatever is in it.
  func firstFlaw() -> Flaw? {
    var isFound = [Bool](repeating: false, count: records.count)
    // The round begins behind an empty slot. In a table without one, every slot is reached.
    let start = slots.firstIndex(where: \.isEmpty)
    var reach = start == nil ? slots.count : 0
    for step in 0..<slots.count {
      let number = wrapped((start ?? 0) + step)
      let slot = slots[number]
      if slot.isEmpty {
        reach = 0
        continue
      }
      // How many slots, this one and those before it, a search can come through to get here.
      reach = min(reach + 1, slots.count)
      guard let index = index(of: slot) else { return .stray(slot: number) }
      if isFound[index] { return .repeated(slot: number) }
      isFound[index] = true
      let first = KeyHash(value: slot.hash).firstSlot(of: slots.count)
      if wrapped(number - first + slots.count) >= reach { return .unreachable(slot: number) }
    }
    let lost = isFound.firstIndex(of: false)
    return lost.map { .missing(record: records[records.startIndex + $0]) }
  }

  private func wrapped(_ number: Int) -> Int {
    number < slots.count ? number : number - slots.count
  }

  /// Which of the records a slot leads to.
  private func index(of slot: Slot) -> Int? {
    var low = records.startIndex
    var high = records.endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if records[middle].position < slot.position { low = middle + 1 } else { high = middle }
    }
    return low < records.endIndex && records[low] == slot ? low - records.startIndex : nil
  }
}
