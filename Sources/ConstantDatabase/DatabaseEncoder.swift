internal import SystemSupport

/// Lays a database out in a file: room for the header, the records, the tables, then the header.
///
/// After an error it is of no use, but for one that says that nothing has changed.
struct DatabaseEncoder: ~Copyable {
  private enum State { case open, finished, broken }

  private var state = State.open
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
  /// - Throws: `ConstantDatabaseError` when it does not fit, and nothing has changed, or nothing can
  ///   be added any more; `SystemError` when it cannot be written.
  mutating func add(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    try requireOpen()
    guard let position = size.add(keyCount: key.count, valueCount: value.count) else {
      throw overflow
    }
    state = .broken
    slots.append(Slot(hash: unsafe KeyHash(of: key).value, position: position))
    try output.append(UInt32(key.count), UInt32(value.count))
    try unsafe output.append(key)
    try unsafe output.append(value)
    state = .open
  }

  /// Adds records that are encoded already.
  ///
  /// - Throws: As for one record.
  mutating func add(_ records: EncodedRecords) throws {
    try requireOpen()
    let (count, byteCount) = (records.count, records.byteCount)
    guard !records.isOverfull, let start = size.add(recordCount: count, byteCount: byteCount) else {
      throw overflow
    }
    state = .broken
    for slot in records.slots {
      slots.append(Slot(hash: slot.hash, position: start + slot.position))
    }
    try unsafe records.withBytes { bytes in try unsafe output.append(bytes) }
    state = .open
  }

  /// Writes the tables and the header; nothing can be added afterwards.
  ///
  /// - Throws: `ConstantDatabaseError` after an error; `SystemError` when they cannot be written.
  mutating func finish() throws {
    if state == .finished { return }
    try requireOpen()
    state = .broken
    let groups = SlotGroups(slots)
    slots = []
    let records = isSummed ? try output.startSum() : nil
    var header: [UInt32] = []
    var position = size.recordsEnd
    var table = HashTable()
    for number in 0..<Format.tableCount {
      table.fill(with: groups[number])
      header.append(UInt32(position).littleEndian)
      header.append(UInt32(table.slots.count).littleEndian)
      try unsafe table.withBytes { bytes in try unsafe output.append(bytes) }
      position += table.byteCount
    }
    let tables = isSummed ? try output.startSum() : nil
    if let records, let tables {
      sum = DatabaseSum(header: header, records: records, tables: tables)
    }
    try unsafe header.withUnsafeBytes { bytes in try unsafe output.finish(beginning: bytes) }
    file.startWriteback()
    state = .finished
  }

  private func requireOpen() throws(ConstantDatabaseError) {
    switch state {
    case .open: return
    case .finished: throw error("it is finished and takes no more records")
    case .broken: throw error("an earlier write failed")
    }
  }

  private var overflow: ConstantDatabaseError {
    error("the records need more than the 4 GiB that the format can hold")
  }

  private func error(_ reason: String) -> ConstantDatabaseError {
    ConstantDatabaseError(.write, name, reason)
  }
}
