/// A key in one of several blocks of memory, with eight of its bytes beside its place, so that most
/// comparisons touch nothing else.
struct KeyEntry: Sendable {
  /// What is to be made of a key; of equal keys the highest counts.
  enum Mark: UInt64, Comparable, Sendable {
    case accepted, excluded, rejected

    static func < (left: Mark, right: Mark) -> Bool { left.rawValue < right.rawValue }
  }

  /// The eight bytes of the key that are compared now, the first one highest; zeros after its end.
  var prefix: UInt64
  /// From the top: 16 bits the block, 24 bits the offset in it, 2 bits the mark, 22 bits the length.
  private let place: UInt64

  /// The longest key: more than any program takes for an address.
  static let longest = 1 << 22 - 1

  init(prefix: UInt64, block: Int, offset: Int, count: Int, mark: Mark) {
    self.prefix = prefix
    place = UInt64(block) << 48 | UInt64(offset) << 24 | mark.rawValue << 22 | UInt64(count)
  }

  var block: Int { Int(place >> 48) }
  var offset: Int { Int(place >> 24 & 0xff_ffff) }
  var count: Int { Int(place & 0x3f_ffff) }
  var mark: Mark { Mark(rawValue: place >> 22 & 3) ?? .accepted }

  /// The same key, when so many blocks stand before those that it was in the first of.
  func moved(behind blocks: Int) -> KeyEntry {
    KeyEntry(
      prefix: prefix, block: block + blocks, offset: offset, count: count, mark: mark)
  }

  /// Eight bytes of a key from a place on, as a number that sorts like them.
  static func prefix(
    of bytes: UnsafeRawBufferPointer, at start: Int, count: Int
  ) -> UInt64 {
    if count >= 8 {
      return unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    var value: UInt64 = 0
    for index in 0..<max(0, count) {
      value |= unsafe UInt64(bytes[start + index]) << UInt64(56 - 8 * index)
    }
    return value
  }
}
