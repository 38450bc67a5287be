/// Records as they stand in the file, to be added to a writer in one piece.
///
/// Encoding is most of the work of building a file in memory, and nothing that must be done in the
/// order of the file: several threads can encode a piece each.
package struct EncodedRecords: Sendable {
  /// The lengths, key and value of each record.
  private(set) var bytes: [UInt8] = []
  /// The hash of each record, and where it begins in the bytes.
  private(set) var slots: [Slot] = []
  /// Whether a record was left out because the piece alone would pass 4 GiB.
  private(set) var isOverfull = false

  /// - Parameters:
  ///   - byteCount: About how many bytes there will be.
  ///   - recordCount: About how many records there will be.
  package init(reserving byteCount: Int = 0, _ recordCount: Int = 0) {
    bytes.reserveCapacity(byteCount)
    slots.reserveCapacity(recordCount)
  }

  /// Adds a record after the ones that are there.
  package mutating func append(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let count = Format.lengthsSize + key.count + value.count
    guard bytes.count + count <= DatabaseSize.limit else {
      isOverfull = true
      return
    }
    slots.append(Slot(hash: unsafe KeyHash(of: key).value, position: UInt32(bytes.count)))
    let lengths = (UInt32(key.count).littleEndian, UInt32(value.count).littleEndian)
    unsafe withUnsafeBytes(of: lengths) { unsafe bytes.append(contentsOf: $0) }
    unsafe bytes.append(contentsOf: key)
    unsafe bytes.append(contentsOf: value)
  }
}
