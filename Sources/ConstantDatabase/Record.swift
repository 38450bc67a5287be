/// A record in a window, valid until the window's next call.
@unsafe struct Record {
  let position: Int
  let key: UnsafeRawBufferPointer
  let value: UnsafeRawBufferPointer
  /// Where the next record begins.
  var end: Int { unsafe position + Format.lengthsSize + key.count + value.count }
}

extension Record {
  /// The record at a position of the file, among bytes of it; nil when none that lies within them
  /// begins there.
  ///
  /// - Parameters:
  ///   - position: The place in the file.
  ///   - bytes: Some of the file's bytes.
  ///   - offset: Where in the file they begin.
  init?(at position: Int, in bytes: UnsafeRawBufferPointer, from offset: Int) {
    let start = position - offset
    guard start >= 0, start + Format.lengthsSize <= bytes.count else { return nil }
    let keyCount = unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
    let valueCount = unsafe bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
    let key = start + Format.lengthsSize
    let value = key + Int(UInt32(littleEndian: keyCount))
    let end = value + Int(UInt32(littleEndian: valueCount))
    guard end <= bytes.count else { return nil }
    unsafe self.init(
      position: position, key: UnsafeRawBufferPointer(rebasing: bytes[key..<value]),
      value: UnsafeRawBufferPointer(rebasing: bytes[value..<end]))
  }
}

extension FileWindow {
  /// The record that begins at a position; this window is on the file's records.
  ///
  /// - Throws: `ConstantDatabaseError` when it does not lie within them; `SystemError` when it
  ///   cannot be read.
  func record(at position: Int) throws -> Record {
    // What is loaded lies within the range.
    if let record = unsafe Record(at: position, in: loadedBytes, from: loaded.lowerBound) {
      return unsafe record
    }
    return try unsafe loadRecord(at: position)
  }

  private func loadRecord(at position: Int) throws -> Record {
    guard position >= range.lowerBound, position + Format.lengthsSize <= range.upperBound else {
      throw ConstantDatabaseError(
        .read, name, at: position,
        "no record can begin here: the records end at "
          + "byte \(range.upperBound)")
    }
    let (keyCount, valueCount) = try pair(at: position)
    let count = Format.lengthsSize + Int(keyCount) + Int(valueCount)
    guard position + count <= range.upperBound else {
      throw ConstantDatabaseError(
        .read, name, at: position,
        "a record of \(keyCount) + \(valueCount) bytes passes the end "
          + "of the records at byte \(range.upperBound)")
    }
    let bytes = try unsafe bytes(at: position, count: count)
    let valueStart = Format.lengthsSize + Int(keyCount)
    return unsafe Record(
      position: position,
      key: UnsafeRawBufferPointer(rebasing: bytes[Format.lengthsSize..<valueStart]),
      value: UnsafeRawBufferPointer(rebasing: bytes[valueStart...]))
  }

  /// All the records in the order of the file; this window is on the file's records.
  func forEachRecord(_ body: (Record) throws -> Void) throws {
    var position = range.lowerBound
    while position < range.upperBound {
      let record = try unsafe record(at: position)
      position = unsafe record.end
      try unsafe body(record)
    }
  }
}
