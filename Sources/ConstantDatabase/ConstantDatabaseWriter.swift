package import SystemPackage
internal import SystemSupport

/// Builds a .cdb file beside the one it replaces, byte for byte as tinycdb's `cdb -c` and freecdb's
/// `cdbmake` do.
///
/// The records go into a temporary file; `commit` puts it in place of the old file in one step. A
/// writer that is dropped before leaves the old file as it was, and no temporary file.
package final class ConstantDatabaseWriter {
  private enum State { case open, finished, broken }

  private let replacement: FileReplacement
  private var output: OutputBuffer
  private var size = DatabaseSize()
  private var slots: [Slot] = []
  private var state = State.open

  /// Creates the temporary file in the directory of the path.
  ///
  /// - Parameters:
  ///   - path: The .cdb file to replace; it need not exist.
  ///   - mode: The permissions when there is no old file to take them from.
  /// - Throws: `SystemError` when the directory cannot be written to.
  package init(replacing path: FilePath, mode: UInt32 = 0o644) throws {
    replacement = try FileReplacement(replacing: path, mode: mode)
    output = OutputBuffer(replacement.descriptor, subject: path.visible)
    for _ in 0..<Format.tableCount { try output.append(0, 0) }
  }

  /// How many records have been added.
  package var recordCount: Int { size.recordCount }

  /// Where the new file lies until `commit`; from `finish` on it is a whole database.
  package var temporaryPath: FilePath { replacement.temporaryPath }

  /// Adds a record; the first one with a key is the one that a lookup finds.
  ///
  /// - Throws: `ConstantDatabaseError` when the file would pass 4 GiB or is finished; `SystemError`
  ///   when the disk is full. The old file is untouched.
  package func add(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    guard state == .open else { throw error("the database is already finished") }
    guard let position = size.add(keyCount: key.count, valueCount: value.count) else {
      throw error("the records need more than 4 GiB, which is as much as the format can hold")
    }
    slots.append(Slot(hash: unsafe KeyHash(of: key).value, position: position))
    try whole { () throws(SystemError) in
      try output.append(UInt32(key.count), UInt32(value.count))
      try unsafe output.append(key)
      try unsafe output.append(value)
    }
  }

  /// Adds a record; see `add(key:value:)` of raw bytes, which is faster.
  package func add(key: some Collection<UInt8>, value: some Collection<UInt8>) throws {
    try unsafe withBytes(of: key) { key in
      try unsafe withBytes(of: value) { value in try unsafe add(key: key, value: value) }
    }
  }

  /// Writes the hash tables and the header: the temporary file is then a whole database.
  ///
  /// - Throws: `SystemError` when the disk is full. The old file is untouched.
  package func finish() throws {
    if state == .finished { return }
    guard state == .open else { throw error("an earlier write failed") }
    try whole { () throws(SystemError) in try writeTablesAndHeader() }
    state = .finished
  }

  /// Puts the new file in place of the old one, with the old one's owner and mode.
  ///
  /// - Parameter durably: Whether the file is brought to the disk before, and the name after.
  /// - Throws: `SystemError` when the disk is full or the directory cannot be written to;
  ///   `ConstantDatabaseError` when an earlier write failed. The old file is then still in place.
  package func commit(durably: Bool = true) throws {
    try finish()
    try replacement.commit(durably: durably)
  }
}

extension ConstantDatabaseWriter {
  /// Does one step of the output; after a step that failed the file can only be dropped.
  private func whole(_ step: () throws(SystemError) -> Void) throws(SystemError) {
    state = .broken
    try step()
    state = .open
  }

  private func writeTablesAndHeader() throws(SystemError) {
    let groups = SlotGroups(slots)
    slots = []
    var header: [UInt32] = []
    var position = size.recordsEnd
    for table in 0..<Format.tableCount {
      let places = hashTable(of: groups[table])
      header.append(UInt32(position).littleEndian)
      header.append(UInt32(places.count).littleEndian)
      for place in places { try output.append(place.hash, place.position) }
      position += places.count * Format.slotSize
    }
    try output.flush()
    let written: Result<Void, SystemError> = unsafe header.withUnsafeBytes { bytes in
      Result { () throws(SystemError) in
        try unsafe replacement.descriptor.write(bytes, at: 0, subject: replacement.path.visible)
      }
    }
    try written.get()
  }

  private func error(_ reason: String) -> ConstantDatabaseError {
    ConstantDatabaseError(.write, replacement.path.visible, reason)
  }
}

/// The hash table of these records: each in the first place that is free from its own on.
private func hashTable(of records: ArraySlice<Slot>) -> [Slot] {
  var places = [Slot](repeating: .empty, count: 2 * records.count)
  for record in records {
    var place = KeyHash(value: record.hash).firstSlot(of: places.count)
    while !places[place].isEmpty { place = place + 1 == places.count ? 0 : place + 1 }
    places[place] = record
  }
  return places
}

/// Lends the bytes of a collection, copied only if they do not lie together.
func withBytes<Result>(
  of collection: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws -> Result
) rethrows -> Result {
  let direct = try collection.withContiguousStorageIfAvailable { bytes in
    try unsafe body(UnsafeRawBufferPointer(bytes))
  }
  return try unsafe direct ?? Array(collection).withUnsafeBytes { try unsafe body($0) }
}
