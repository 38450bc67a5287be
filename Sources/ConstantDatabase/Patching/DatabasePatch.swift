package import SystemSupport

/// The next version of a .cdb file of sorted records, made of the file itself: most of its bytes are
/// written again as they are, and little is sorted, hashed or looked up.
///
/// What `write` gives is byte for byte what a `ConstantDatabaseWriter` makes of all the records,
/// sorted, if the old file is one that it made of sorted records. Whether it is, its `DatabaseSum`
/// can tell. Of another file the result is an error or of no use, but never worse.
package struct DatabasePatch: Sendable {
  private let old: DatabaseImage
  private let edits: RecordEdits
  private let workerCount: Int
  /// How many records come, go and change.
  package let changes: RecordChanges

  /// Finds out what must be done.
  ///
  /// - Parameters:
  ///   - old: The file; the bytes of its keys ascend.
  ///   - isReplaced: Whether the record of a key makes way; may be called by several threads.
  ///   - pieces: All the records that take the place of those; their keys ascend strictly, from one
  ///     piece to the next one too.
  ///   - workerCount: How many threads share the work.
  /// - Throws: `ConstantDatabaseError` when the old file is damaged where it is looked at, a new
  ///   record has the key of one that stays, or the new file would pass 4 GiB.
  package init(
    of old: DatabaseImage,
    replacing isReplaced: @Sendable (_ key: UnsafeRawBufferPointer) -> Bool,
    with pieces: [EncodedRecords], workerCount: Int = 1
  ) throws {
    let scan = try unsafe RecordScan(of: old, workerCount: workerCount, isReplaced)
    edits = try RecordEdits(replacing: scan, of: old, with: pieces)
    let after = scan.count + edits.addedCount - edits.removedCount
    guard old.tables.count == 2 * Format.slotSize * scan.count else {
      throw old.damage(
        at: old.header.slots.lowerBound, "the hash tables are not those of \(scan.count) records")
    }
    let recordsEnd = old.header.records.upperBound + edits.growth
    guard DatabaseSize.allows(recordCount: after, recordsEnd: recordsEnd) else {
      throw ConstantDatabaseError(
        .write, old.name, "the records need more than the 4 GiB that the format can hold")
    }
    self.old = old
    self.workerCount = workerCount
    changes = RecordChanges(
      added: edits.addedCount, removed: edits.removedCount, changed: edits.changedCount,
      before: scan.count, after: after)
  }

  /// Writes the new file.
  ///
  /// - Parameters:
  ///   - file: The open, empty file.
  ///   - name: The file's name in errors, safe to show.
  /// - Returns: The sum of what was written.
  /// - Throws: `ConstantDatabaseError` when the old file's hash tables are damaged where that shows;
  ///   `SystemError` when the disk is full.
  package func write(to file: OwnedDescriptor, name: String) throws -> DatabaseSum {
    let tables = try PatchedTables(of: old, edits)
    // The tables come last: another thread makes them while the records are written.
    let ends = try Workers.map(2, by: workerCount) { number in
      Result { () throws -> LastPart? in
        if number == 1 { return try lastPart(with: tables) }
        try writeRecords(after: tables.header, to: file, name)
        return nil
      }
    }.map { try $0.get() }
    let last = ends.compactMap(\.self)[0]
    var output = OutputBuffer(file, subject: name)
    try unsafe last.slots.withUnsafeBytes { try unsafe output.append($0) }
    try output.flush()
    return last.sum
  }

  /// What comes after the records, and what can be said of the whole file then.
  private struct LastPart: Sendable {
    let slots: [Slot]
    let sum: DatabaseSum
  }

  private func lastPart(with tables: PatchedTables) throws -> LastPart {
    let slots = try tables.slots()
    var records = ContentSum()
    unsafe forEachRun { unsafe records.add($0) }
    let sum = unsafe slots.withUnsafeBytes { unsafe ContentSum(of: $0) }
    return LastPart(
      slots: slots, sum: DatabaseSum(header: tables.header, records: records, tables: sum))
  }

  private func writeRecords(
    after header: [UInt32], to file: OwnedDescriptor, _ name: String
  ) throws {
    var output = OutputBuffer(file, subject: name)
    try unsafe header.withUnsafeBytes { try unsafe output.append($0) }
    try unsafe forEachRun { try unsafe output.append($0) }
    try output.flush()
  }

  /// Gives the bytes of the new file's records to a body, in as large runs as can be.
  private func forEachRun(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try unsafe old.records.withUnsafeBytes { old in
      try unsafe edits.added.withBytes { added in
        var start = 0
        for edit in edits.edits {
          let removed = edit.removed
          try unsafe body(
            UnsafeRawBufferPointer(rebasing: old[start..<(removed.lowerBound - Format.headerSize)]))
          if let number = edit.added {
            try unsafe body(UnsafeRawBufferPointer(rebasing: added[edits.added.extent(of: number)]))
          }
          start = removed.upperBound - Format.headerSize
        }
        try unsafe body(UnsafeRawBufferPointer(rebasing: old[start...]))
      }
    }
  }
}
