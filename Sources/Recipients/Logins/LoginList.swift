internal import ConstantDatabase
internal import Glibc

/// The records of `auth.cdb`: each login with its hash and variables, sorted and unique.
///
/// A million of them lie in one block of bytes. The list has no description: hashes are never shown.
package struct LoginList {
  private struct Record {
    /// The first eight bytes of the key as a number, which decides most comparisons.
    let prefix: UInt64
    let offset: Int
    let keyCount: UInt32
    /// The length of the value; nil for one who is known but refused.
    let valueCount: UInt32?

    var valueOffset: Int { offset + Int(keyCount) }
    var end: Int { valueOffset + Int(valueCount ?? 0) }
    /// How many bytes the record takes in the .cdb: its lengths too.
    var byteCount: Int { 8 + end - offset }
  }

  private var bytes: [UInt8] = []
  private var records: [Record] = []

  init() {}

  /// How many logins there are.
  package var count: Int { records.count }
  /// How many were added that are not refused, doubles included.
  private(set) var addedCount = 0

  /// Adds a login; of two that are the same the one that was added first counts.
  mutating func append(
    _ login: some Collection<UInt8>, hash: some Collection<UInt8>, suffix: [UInt8]
  ) {
    add(login, valueCount: UInt32(hash.count + suffix.count))
    addedCount += 1
    bytes += hash
    bytes += suffix
  }

  /// Adds one who is refused: the same login added later does not count.
  mutating func appendRefused(_ login: some Collection<UInt8>) { add(login, valueCount: nil) }

  private mutating func add(_ login: some Collection<UInt8>, valueCount: UInt32?) {
    var prefix: UInt64 = 0
    for byte in login.prefix(8) { prefix = prefix << 8 | UInt64(byte) }
    prefix <<= UInt64(8 * (8 - min(8, login.count)))
    records.append(
      Record(
        prefix: prefix, offset: bytes.count, keyCount: UInt32(login.count), valueCount: valueCount))
    bytes += login
  }

  /// Those of some logins that nobody has, not even one who is refused.
  ///
  /// It must be asked before `finish`, which drops those who are refused.
  func unknown(among logins: some Sequence<[UInt8]>) -> Set<[UInt8]> {
    var rest = Set(logins)
    for record in records where !rest.isEmpty {
      rest.remove(Array(bytes[record.offset..<record.valueOffset]))
    }
    return rest
  }

  /// Sorts the logins by their bytes and drops doubles and those who are refused.
  mutating func finish() {
    unsafe bytes.withUnsafeBytes { bytes in
      records.sort { left, right in
        let order = unsafe Self.compare(left, right, in: bytes)
        return order == 0 ? left.offset < right.offset : order < 0
      }
      var last: Record?
      records.removeAll { record in
        let isDouble = last.map { unsafe Self.compare($0, record, in: bytes) == 0 } ?? false
        last = record
        return isDouble || record.valueCount == nil
      }
    }
  }

  private static func compare(
    _ left: Record, _ right: Record, in bytes: UnsafeRawBufferPointer
  ) -> Int {
    if left.prefix != right.prefix { return left.prefix < right.prefix ? -1 : 1 }
    let shorter = Int(min(left.keyCount, right.keyCount))
    guard let start = bytes.baseAddress else { return 0 }
    let order = unsafe memcmp(start + left.offset, start + right.offset, shorter)
    return order == 0 ? Int(left.keyCount) - Int(right.keyCount) : Int(order)
  }

  /// Gives each login and its value to a body, in the order of the logins' bytes.
  package func forEach(
    _ body: (_ login: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    for record in records { try unsafe with(record, body) }
  }

  /// The records as they stand in the .cdb, a few thousand a piece.
  func encoded() -> [EncodedRecords] {
    stride(from: 0, to: records.count, by: Self.pieceSize).map { start in
      let slice = records[start...].prefix(Self.pieceSize)
      var piece = EncodedRecords(reserving: slice.reduce(0) { $0 + $1.byteCount }, slice.count)
      for record in slice { unsafe with(record) { unsafe piece.append(key: $0, value: $1) } }
      return piece
    }
  }

  private static let pieceSize = 1 << 12

  private func with(
    _ record: Record,
    _ body: (_ login: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    try unsafe bytes.withUnsafeBytes { bytes in
      try unsafe body(
        UnsafeRawBufferPointer(rebasing: bytes[record.offset..<record.valueOffset]),
        UnsafeRawBufferPointer(rebasing: bytes[record.valueOffset..<record.end]))
    }
  }
}
