internal import SystemSupport

/// Records as they stand in the file, to be added to a writer in one piece.
///
/// Encoding is most of the work of building a file in memory, and nothing that must be done in the
/// order of the file: several threads can encode a piece each. Sorted pieces can be compared with a
/// file before anything is written.
package struct EncodedRecords: Sendable {
  /// The lengths, key and value of each record, then room.
  private var memory: [UInt8]
  /// How many bytes the records take in the file, the hash tables aside.
  package private(set) var byteCount = 0
  /// The hash of each record, and where it begins in the bytes.
  private(set) var slots: [Slot] = []
  /// Whether a record was left out because the piece alone would pass 4 GiB.
  private(set) var isOverfull = false

  /// How many records there are.
  package var count: Int { slots.count }

  /// - Parameters:
  ///   - byteCount: About how many bytes there will be.
  ///   - recordCount: About how many records there will be.
  package init(reserving byteCount: Int = 0, _ recordCount: Int = 0) {
    memory = [UInt8](zerosInHugePages: byteCount)
    slots.reserveCapacity(recordCount)
  }

  /// Adds a record after the ones that are there.
  package mutating func append(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let count = Format.lengthsSize + key.count + value.count
    guard makeRoom(for: count) else { return }
    let start = byteCount
    let hash = unsafe memory.withUnsafeMutableBytes { memory in
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start..<(start + count)])
      return unsafe Self.encode(key, value, into: room)
    }
    slots.append(Slot(hash: hash.value, position: UInt32(start)))
    byteCount += count
  }

  /// Adds records without values after the ones that are there.
  ///
  /// - Parameters:
  ///   - keys: Where their keys stand in the source.
  ///   - source: Bytes that hold the keys.
  package mutating func append(keys: ArraySlice<Range<Int>>, of source: [UInt8]) {
    let count = keys.reduce(0) { $0 + Format.lengthsSize + $1.count }
    guard makeRoom(for: count) else { return }
    slots.reserveCapacity(slots.count + keys.count)
    let all = source.indices
    unsafe source.withUnsafeBytes { source in
      unsafe memory.withUnsafeMutableBytes { memory in
        for place in keys {
          let key = unsafe UnsafeRawBufferPointer(rebasing: source[place.clamped(to: all)])
          let end = byteCount + Format.lengthsSize + key.count
          let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[byteCount..<end])
          unsafe room.storeBytes(of: UInt32(key.count).littleEndian, as: UInt32.self)
          unsafe room.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
          unsafe UnsafeMutableRawBufferPointer(rebasing: room[Format.lengthsSize...])
            .copyMemory(from: key)
          slots.append(Slot(hash: unsafe KeyHash(of: key).value, position: UInt32(byteCount)))
          byteCount = end
        }
      }
    }
  }

  /// Makes sure that there is room for more bytes; if they would pass 4 GiB, the piece is overfull.
  private mutating func makeRoom(for count: Int) -> Bool {
    guard byteCount + count <= DatabaseSize.limit else {
      isOverfull = true
      return false
    }
    if memory.count - byteCount < count {
      memory += repeatElement(0, count: max(count, memory.count))
    }
    return true
  }

  /// Leaves out all the records; the memory stays for the next ones.
  package mutating func removeAll() {
    byteCount = 0
    slots.removeAll(keepingCapacity: true)
  }

  /// Writes a record into the room that is there for it.
  private static func encode(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> KeyHash {
    unsafe room.storeBytes(of: UInt32(key.count).littleEndian, as: UInt32.self)
    unsafe room.storeBytes(
      of: UInt32(value.count).littleEndian, toByteOffset: 4, as: UInt32.self)
    unsafe UnsafeMutableRawBufferPointer(rebasing: room[Format.lengthsSize...])
      .copyMemory(from: key)
    unsafe UnsafeMutableRawBufferPointer(rebasing: room[(Format.lengthsSize + key.count)...])
      .copyMemory(from: value)
    return unsafe KeyHash(of: key)
  }
}

extension EncodedRecords {
  /// Lends the bytes as they stand in the file.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try unsafe memory.withUnsafeBytes {
      try unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<byteCount]))
    }
  }

  /// Gives a record to a body, by its number.
  func withRecord<Result>(
    _ number: Int,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let record = extent(of: number)
    return try unsafe withBytes { all in
      let keyCount = unsafe all.loadUnaligned(fromByteOffset: record.lowerBound, as: UInt32.self)
      let key = record.lowerBound + Format.lengthsSize
      let value = key + Int(UInt32(littleEndian: keyCount))
      return try unsafe body(
        UnsafeRawBufferPointer(rebasing: all[key..<value]),
        UnsafeRawBufferPointer(rebasing: all[value..<record.upperBound]))
    }
  }

  /// Where a record stands in the bytes, by its number.
  func extent(of number: Int) -> Range<Int> {
    let start = Int(slots[number].position)
    return start..<(number + 1 < slots.count ? Int(slots[number + 1].position) : byteCount)
  }

  /// The key of the first record.
  var firstKey: [UInt8]? {
    slots.isEmpty ? nil : unsafe withRecord(0) { key, _ in unsafe [UInt8](key) }
  }

  /// The key of the last record.
  var lastKey: [UInt8]? {
    slots.isEmpty ? nil : unsafe withRecord(count - 1) { key, _ in unsafe [UInt8](key) }
  }

  /// The slots of the records of several pieces in a file; nil when they would pass 4 GiB.
  static func slots(of pieces: [EncodedRecords]) -> [Slot]? {
    var size = DatabaseSize()
    var slots: [Slot] = []
    slots.reserveInHugePages(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces {
      guard let start = size.add(recordCount: piece.count, byteCount: piece.byteCount) else {
        return nil
      }
      for slot in piece.slots {
        slots.append(Slot(hash: slot.hash, position: start + slot.position))
      }
    }
    return slots
  }
}
