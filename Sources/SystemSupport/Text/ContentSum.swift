/// A 64-bit sum that tells whether bytes are the same as before, at about the speed of memory.
///
/// It finds what goes wrong by accident: another version, a cut, a flipped bit. Somebody who aims at
/// a sum can hit it; `ContentDigest` is for what strangers write.
package struct ContentSum: Sendable {
  /// Four sums of every fourth word, since a multiplication need not wait for the one before it.
  private var lanes: InlineArray<4, UInt64> = [
    0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xd6e8_feb8_6659_fd93,
  ]
  /// The bytes that do not make a word yet, the first one lowest.
  private var rest: UInt64 = 0
  private var count = 0

  private static let factor: UInt64 = 0xff51_afd7_ed55_8ccd
  private static let stripe = 32

  /// A sum of no bytes yet.
  package init() {}

  /// The sum of some bytes.
  package init(of bytes: UnsafeRawBufferPointer) { unsafe add(bytes) }

  /// The sum of all that was added, however it was cut into pieces.
  package var value: UInt64 {
    var sum = UInt64(count)
    for index in lanes.indices { sum = Self.mixed(sum, lanes[index]) }
    sum = Self.mixed(sum, rest)
    return Self.mixed(sum, sum >> 32)
  }

  /// Adds bytes.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset < bytes.count, count % Self.stripe != 0 {
      unsafe add(bytes[offset])
      offset += 1
    }
    var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
    while bytes.count - offset >= Self.stripe {
      a = unsafe Self.mixed(a, Self.word(bytes, offset))
      b = unsafe Self.mixed(b, Self.word(bytes, offset + 8))
      c = unsafe Self.mixed(c, Self.word(bytes, offset + 16))
      d = unsafe Self.mixed(d, Self.word(bytes, offset + 24))
      offset += Self.stripe
      count += Self.stripe
    }
    lanes = [a, b, c, d]
    while offset < bytes.count {
      unsafe add(bytes[offset])
      offset += 1
    }
  }

  /// Adds a number, as its eight bytes.
  package mutating func add(_ number: UInt64) {
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe add($0) }
  }

  private mutating func add(_ byte: UInt8) {
    rest |= UInt64(byte) << UInt64(8 * (count & 7))
    count += 1
    guard count & 7 == 0 else { return }
    let lane = (count / 8 - 1) & 3
    lanes[lane] = Self.mixed(lanes[lane], rest)
    rest = 0
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// One step; each of the two decides the result when the other one is given.
  private static func mixed(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    let product = (sum ^ word) &* factor
    return product << 29 | product >> 35
  }
}
