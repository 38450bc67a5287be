package import SystemPackage
package import SystemSupport

/// A .cdb file that is read: looked up, iterated, verified.
///
/// The file is read with pread(2) only, and nothing in it is trusted: a damaged, truncated or
/// growing file is an error. Time and memory are bounded by the size of the file.
package final class ConstantDatabase {
  private static let pageSize = 4096

  /// The file's name, safe to show.
  let name: String
  let header: Header
  let file: OwnedDescriptor
  /// How many records there are, once `verify` has counted them.
  var recordCount: Int?
  private let status: FileStatus
  private let finder: RecordFinder

  /// Opens a .cdb file and checks that its header describes tables that lie within it.
  ///
  /// - Throws: `SystemError` when the file cannot be read; `ConstantDatabaseError` when it is not a
  ///   regular file, is too short, or its header points out of it.
  package convenience init(opening path: FilePath) throws {
    try self.init(reading: FileReading.open(path), named: path)
  }

  /// Takes an open .cdb file; see `init(opening:)`.
  ///
  /// - Parameters:
  ///   - file: The open file.
  ///   - path: Its name in errors.
  /// - Throws: As `init(opening:)`.
  package init(reading file: OwnedDescriptor, named path: FilePath) throws {
    let name = path.visible
    status = try FileStatus.of(file, subject: name)
    guard status.kind == .regular else {
      throw ConstantDatabaseError(.read, name, "not a regular file")
    }
    let header = try Header(of: file, name: name, fileSize: Int(status.size))
    finder = RecordFinder(
      header: header,
      slots: FileWindow(on: header.slots, of: file, name: name, capacity: Self.pageSize),
      records: FileWindow(on: header.records, of: file, name: name, capacity: Self.pageSize))
    self.file = file
    self.name = name
    self.header = header
  }

  /// The value of the first record with the key, or nil when there is none.
  ///
  /// - Throws: `ConstantDatabaseError` when the file is damaged where the search leads;
  ///   `SystemError` when it cannot be read.
  package func value(for key: some Collection<UInt8>) throws -> [UInt8]? {
    var found: [UInt8]?
    try unsafe withBytes(of: key) { key in
      _ = try unsafe finder.find(key, hash: KeyHash(of: key)) { _, value in
        found = unsafe [UInt8](value)
        return true
      }
    }
    return found
  }

  /// The values of all the records with the key, in the order of the file.
  ///
  /// - Throws: As `value(for:)`.
  package func values(for key: some Collection<UInt8>) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    try unsafe withBytes(of: key) { key in
      _ = try unsafe finder.find(key, hash: KeyHash(of: key)) { _, value in
        unsafe found.append([UInt8](value))
        return false
      }
    }
    return found
  }

  /// Gives each record to `body`, in the order of the file; the bytes are valid during the call.
  ///
  /// - Throws: `ConstantDatabaseError` when the records do not end where the tables begin or the
  ///   file changed meanwhile; `SystemError` when it cannot be read; what `body` throws.
  package func forEachRecord(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try unsafe recordWindow().forEachRecord { try unsafe body($0.key, $0.value) }
    try checkUnchanged()
  }
}

extension ConstantDatabase {
  /// A window on the records, or on a part of them, for reading onward unless it is made large
  /// enough for all.
  func recordWindow(on part: Range<Int>? = nil, capacity: Int = 1 << 20) -> FileWindow {
    FileWindow(on: part ?? header.records, of: file, name: name, capacity: capacity)
  }

  /// A window on the tables.
  func slotWindow(capacity: Int = 1 << 20) -> FileWindow {
    FileWindow(on: header.slots, of: file, name: name, capacity: capacity)
  }

  /// Checks that nobody wrote to the file since it was opened.
  func checkUnchanged() throws {
    let now = try FileStatus.of(file, subject: name)
    guard now.size == status.size, now.modified == status.modified else {
      throw damage(at: nil, "the file changed while it was read")
    }
  }

  /// An error about this file.
  func damage(at offset: Int?, _ reason: String) -> ConstantDatabaseError {
    ConstantDatabaseError(.read, name, at: offset, reason)
  }
}
