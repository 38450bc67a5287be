package import SystemPackage
package import SystemSupport

/// Builds a .cdb file beside the one it replaces, byte for byte as tinycdb's `cdb -c` and freecdb's
/// `cdbmake` do.
///
/// The records go into a temporary file; `commit` puts it in place of the old file in one step. A
/// writer that is dropped before leaves the old file as it was, and no temporary file.
package final class ConstantDatabaseWriter {
  /// Where the file was before it has its place; nil when it is written in its place at once.
  private let replacement: FileReplacement?
  private let path: FilePath
  private var encoder: DatabaseEncoder

  /// Creates the temporary file in the directory of the path.
  ///
  /// - Parameters:
  ///   - path: The .cdb file to replace; it need not exist.
  ///   - mode: The permissions when there is no old file to take them from.
  ///   - isSummed: Whether the sum of the finished file is wanted.
  /// - Throws: `SystemError` when the directory cannot be written to.
  package init(replacing path: FilePath, mode: UInt32 = 0o644, isSummed: Bool = false) throws {
    let replacement = try FileReplacement(replacing: path, mode: mode)
    self.replacement = replacement
    self.path = path
    encoder = try DatabaseEncoder(
      replacement.descriptor, name: path.visible, isSummed: isSummed)
  }

  /// Writes into a file that nobody reads before it is finished: there is nothing to replace.
  ///
  /// - Parameters:
  ///   - file: The open, empty file.
  ///   - path: Its name in errors.
  /// - Throws: `SystemError` when it cannot be written to.
  package init(writing file: OwnedDescriptor, named path: FilePath) throws {
    replacement = nil
    self.path = path
    encoder = try DatabaseEncoder(file, name: path.visible)
  }

  /// How many records have been added.
  package var recordCount: Int { encoder.size.recordCount }

  /// The sum of the finished file, if it was asked for.
  package var sum: DatabaseSum? { encoder.sum }

  /// Where the new file lies until `commit`; from `finish` on it is a whole database.
  package var temporaryPath: FilePath { replacement?.temporaryPath ?? path }

  /// Adds a record; the first one with a key is the one that a lookup finds.
  ///
  /// - Throws: `ConstantDatabaseError` when the file would pass 4 GiB or is finished; `SystemError`
  ///   when the disk is full. The old file is untouched.
  package func add(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    try unsafe encoder.add(key: key, value: value)
  }

  /// Adds a record; see `add(key:value:)` of raw bytes, which is faster.
  package func add(key: some Collection<UInt8>, value: some Collection<UInt8>) throws {
    try unsafe withBytes(of: key) { key in
      try unsafe withBytes(of: value) { value in try unsafe add(key: key, value: value) }
    }
  }

  /// Adds records that are encoded already, after those that are there.
  ///
  /// - Throws: As `add(key:value:)`.
  package func add(_ records: EncodedRecords) throws {
    try encoder.add(records)
  }

  /// Writes the hash tables and the header: the temporary file is then a whole database.
  ///
  /// - Throws: `SystemError` when the disk is full; `ConstantDatabaseError` when an earlier write
  ///   failed. The old file is untouched.
  package func finish() throws { try encoder.finish() }

  /// Puts the new file in place of the old one, with the old one's owner and mode.
  ///
  /// - Parameter durably: Whether the file is brought to the disk before, and the name after.
  /// - Throws: `SystemError` when the disk is full or the directory cannot be written to;
  ///   `ConstantDatabaseError` when an earlier write failed. The old file is then still in place.
  package func commit(durably: Bool = true) throws {
    try finish()
    try replacement?.commit(durably: durably)
  }
}
