internal import SystemSupport

/// Lays a database out in a file: room for the header, the records, the tables, then the header.
struct DatabaseEncoder: ~Copyable {
  private let file: OwnedDescriptor
  private let name: String
  private var output: OutputBuffer
  private(set) var size = DatabaseSize()
  /// Hash and position of each record.
  private var slots: [Slot] = []
  private let isSummed: Bool
  /// The sum of the finished file, if it is wanted.
  private(set) var sum: DatabaseSum?

  /// - Parameters:
  ///   - file: The open, empty file.
  ///   - name: The file's name in errors.
  ///   - isSummed: Whether the sum of what is written is wanted.
  /// - Throws: `SystemError` when it cannot be written.
  init(_ file: OwnedDescriptor, name: String, isSummed: Bool = false) throws(SystemError) {
    self.isSummed = isSummed
    self.file = file
    self.name = name
    output = OutputBuffer(file, subject: name)
    for _ in 0..<Format.tableCount { try output.append(0, 0) }
    if isSummed { try output.startSum() }
  }

  /// Adds a record.
  ///
  /// - Returns: Whether it fits; when it does not, nothing has changed.
  /// - Throws: `SystemError` when it cannot be written; the file is then of no use.
  mutating func add(
    key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) throws(SystemError) -> Bool {
    guard let position = size.add(keyCount: key.count, valueCount: value.count) else {
      return false
    }
    slots.append(Slot(hash: unsafe KeyHash(of: key).value, position: position))
    try output.append(UInt32(key.count), UInt32(value.count))
    try unsafe output.append(key)
    try unsafe output.append(value)
    return true
  }

  /// Adds records that are encoded already.
  ///
  /// - Returns: Whether they fit; when they do not, nothing has changed.
  /// - Throws: `SystemError` when they cannot be written; the file is then of no use.
  mutating func add(_ records: EncodedRecords) throws(SystemError) -> Bool {
    let (count, byteCount) = (records.count, records.byteCount)
    guard !records.isOverfull, let start = size.add(recordCount: count, byteCount: byteCount) else {
      return false
    }
    for slot in records.slots {
      slots.append(Slot(hash: slot.hash, position: start + slot.position))
    }
    let result: Result<Void, SystemError> = unsafe records.withBytes { bytes in
      Result { () throws(SystemError) in try unsafe output.append(bytes) }
    }
    try result.get()
    return true
  }

  /// Writes the tables and the header; nothing can be added afterwards.
  mutating func finish() throws(SystemError) {
    let groups = SlotGroups(slots)
    slots = []
    let records = isSummed ? try output.startSum() : nil
    var header: [UInt32] = []
    var position = size.recordsEnd
    for number in 0..<Format.tableCount {
      let table = hashTable(of: groups[number])
      header.append(UInt32(position).littleEndian)
      header.append(UInt32(table.count).littleEndian)
      for slot in table { try output.append(slot.hash, slot.position) }
      position += table.count * Format.slotSize
    }
    let tables = isSummed ? try output.startSum() : nil
    if let records, let tables {
      sum = DatabaseSum(header: header, records: records, tables: tables)
    }
    try output.flush()
    let written: Result<Void, SystemError> = unsafe header.withUnsafeBytes { bytes in
      Result { () throws(SystemError) in try unsafe file.write(bytes, at: 0, subject: name) }
    }
    try written.get()
    file.startWriteback()
  }
}

/// The hash table of these records: each in the first slot that is free from its own on.
func hashTable(of records: ArraySlice<Slot>) -> [Slot] {
  var slots = [Slot](repeating: .empty, count: 2 * records.count)
  for record in records {
    var number = KeyHash(value: record.hash).firstSlot(of: slots.count)
    while !slots[number].isEmpty { number = number + 1 == slots.count ? 0 : number + 1 }
    slots[number] = record
  }
  return slots
}
