internal import ConstantDatabase
internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// What `users/cdb` holds, or `users/assign` when nobody has made it into a .cdb yet.
enum AssignmentTable {
  /// An assignment, and where it was found.
  struct Found {
    let assignment: Assignment
    let origin: RecipientOrigin
  }

  case database(ConstantDatabase, FilePath)
  case text([[UInt8]: Found])

  /// Opens `users/cdb`, or reads `users/assign`; without both the table is empty.
  ///
  /// - Throws: As `MailHomeFinder.init`.
  init(of layout: ServerLayout, reader: inout SourceReader) throws {
    let database = layout.users.appending("cdb")
    reader.note(.file(database))
    if try FileStatus.of(database) != nil {
      self = .database(try ConstantDatabase(opening: database), database)
      return
    }
    let path = layout.users.appending("assign")
    var table: [[UInt8]: Found] = [:]
    if let contents = try reader.contentsIfPresent(of: path) {
      let file = try UserAssignments(parsing: contents, path: path)
      for (entry, record) in zip(file.entries, file.records) where table[record.key] == nil {
        table[record.key] = Found(assignment: entry.assignment, origin: .line(path, entry.line))
      }
    }
    self = .text(table)
  }

  /// What a `+` line gives to all addresses with a prefix.
  func prefix(_ prefix: [UInt8]) throws -> Found? { try found([UInt8(ascii: "!")] + prefix) }

  /// What a `=` line gives to one address.
  func address(_ local: [UInt8]) throws -> Found? { try found([UInt8(ascii: "!")] + local + [0]) }

  private func found(_ key: [UInt8]) throws -> Found? {
    switch self {
    case .text(let table): return table[key]
    case .database(let database, let path):
      guard let data = try database.value(for: key) else { return nil }
      let name = VisibleText.escape(key)
      guard let assignment = Assignment(record: data) else {
        throw ConstantDatabaseError(.read, path.visible, "record \(name) has too few fields")
      }
      return Found(assignment: assignment, origin: .record(path, key: name))
    }
  }
}
