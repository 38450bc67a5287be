/// The fixed sizes of the cdb format, as its author describes it in cdb.txt.
///
/// A file is a header of 256 pairs (table position, slot count), the records (key length, value
/// length, key, value) in the order of insertion, and 256 hash tables of slots (hash, record
/// position). All numbers are 32 bits, little endian; positions count from the start of the file.
enum Format {
  static let tableCount = 256
  static let headerSize = 2048
  /// The two lengths before each key.
  static let lengthsSize = 8
  static let slotSize = 8
}

/// The hash of a key: h = 5381, then (h * 33) xor byte, in 32 bits.
struct KeyHash: Equatable {
  let value: UInt32

  init(value: UInt32) { self.value = value }

  init(of key: UnsafeRawBufferPointer) {
    value = unsafe key.reduce(5381) { hash, byte in (hash &* 33) ^ UInt32(byte) }
  }

  /// The table that the key belongs to.
  var table: Int { Int(value & 255) }

  /// The slot that a search begins at, in a table of this many slots (not 0).
  func firstSlot(of count: Int) -> Int { Int(value >> 8) % count }
}

/// One place of a hash table: where a record with this hash begins, or 0 for an empty place.
struct Slot: Equatable {
  var hash: UInt32
  var position: UInt32

  static let empty = Slot(hash: 0, position: 0)
  var isEmpty: Bool { position == 0 }
}

extension Slot {
  /// The slot that stands in some bytes of a file.
  init(in bytes: UnsafeRawBufferPointer, at offset: Int) {
    let slot = unsafe Slot(
      hash: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self),
      position: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
    self = slot.littleEndian
  }

  /// The slot as it stands in a file, or back from there.
  var littleEndian: Slot { Slot(hash: hash.littleEndian, position: position.littleEndian) }
}

/// How large a database is while it grows: the one place that knows the format's limit.
///
/// Positions have 32 bits, so that the whole file, tables included, must stay below 4 GiB.
struct DatabaseSize: Equatable {
  static let limit = Int(UInt32.max)

  private(set) var recordCount = 0
  /// Where the next record begins, and in the end the first table.
  private(set) var recordsEnd = Format.headerSize

  /// The size of the finished file: each record takes two slots beside its own bytes.
  var total: Int { recordsEnd + 2 * Format.slotSize * recordCount }

  /// Whether a finished file with so many records up to a position is within the limit.
  static func allows(recordCount: Int, recordsEnd: Int) -> Bool {
    DatabaseSize(recordCount: recordCount, recordsEnd: recordsEnd).total <= limit
  }

  /// Takes up a record, unless the finished file would then be over the limit.
  ///
  /// - Returns: Where the record begins, or nil when it does not fit; nothing has changed then.
  mutating func add(keyCount: Int, valueCount: Int) -> UInt32? {
    guard keyCount <= Self.limit, valueCount <= Self.limit else { return nil }
    let bytes = Format.lengthsSize + keyCount + valueCount
    guard total + bytes + 2 * Format.slotSize <= Self.limit else { return nil }
    defer {
      recordsEnd += bytes
      recordCount += 1
    }
    return UInt32(recordsEnd)
  }

  /// Takes up several records at once, or none of them.
  ///
  /// - Returns: Where the first one begins, or nil when they do not all fit.
  mutating func add(recordCount count: Int, byteCount: Int) -> UInt32? {
    guard total + byteCount + 2 * Format.slotSize * count <= Self.limit else { return nil }
    defer {
      recordsEnd += byteCount
      recordCount += count
    }
    return UInt32(recordsEnd)
  }
}
