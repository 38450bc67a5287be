internal import SystemSupport

/// The header of a file: where its records end and where its hash tables lie.
struct Header: Equatable {
  /// One hash table.
  struct Table: Equatable {
    let position: Int
    let slotCount: Int
    var end: Int { position + slotCount * Format.slotSize }
  }

  let tables: [Table]
  /// How many bytes the whole file has.
  let fileSize: Int

  /// The bytes of the records: from the header to the first table.
  var records: Range<Int> { Format.headerSize..<tables[0].position }
  /// The bytes of the tables.
  var slots: Range<Int> { tables[0].position..<fileSize }

  /// Reads the header of an open file and checks it against the file's size.
  ///
  /// - Throws: `SystemError` when it cannot be read; `ConstantDatabaseError` when the file is too
  ///   short or a table lies among the records or beyond the end.
  init(of file: OwnedDescriptor, name: String, fileSize: Int) throws {
    guard fileSize >= Format.headerSize else {
      throw ConstantDatabaseError(
        .read, name, "a database has \(Format.headerSize) bytes or more, this file \(fileSize)")
    }
    let window = FileWindow(
      on: 0..<Format.headerSize, of: file, name: name, capacity: Format.headerSize)
    tables = try (0..<Format.tableCount).map { number in
      let (position, slotCount) = try window.pair(at: number * 8)
      return Table(position: Int(position), slotCount: Int(slotCount))
    }
    self.fileSize = fileSize
    if let (number, problem) = firstProblem {
      throw ConstantDatabaseError(.read, name, at: number * 8, "hash table \(number) \(problem)")
    }
  }

  /// The first table that cannot be where the header says.
  private var firstProblem: (table: Int, problem: String)? {
    let recordsEnd = tables[0].position
    guard recordsEnd >= Format.headerSize else { return (0, "begins within the header") }
    guard recordsEnd <= fileSize else { return (0, "begins past the end of the file") }
    var room = fileSize - recordsEnd
    for (number, table) in tables.enumerated() where table.slotCount > 0 {
      if table.position < recordsEnd { return (number, "begins among the records") }
      if table.end > fileSize { return (number, "reaches past the end of the file") }
      room -= table.slotCount * Format.slotSize
      if room < 0 { return (number, "overlaps another one") }
    }
    return nil
  }
}
