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

  /// The open file, for a few look-ups.
  case database(ConstantDatabase, FilePath)
  /// The data of all the records, for many.
  case records([[UInt8]: [UInt8]], FilePath)
  /// The entries of `users/assign` by their keys.
  case text([[UInt8]: UserAssignments.Entry], FilePath)

  /// From how many look-ups on reading the file as a whole is faster.
  private static let many = 100

  /// Opens `users/cdb`, or reads `users/assign`; without both the table is empty.
  ///
  /// - Parameters:
  ///   - layout: Where the files lie.
  ///   - lookUpCount: About how often the table will be asked.
  ///   - reader: Remembers what was read.
  /// - Throws: As `MailHomeFinder.init`.
  init(of layout: ServerLayout, for lookUpCount: Int, reader: inout SourceReader) throws {
    let database = layout.assignmentDatabase
    reader.note(.file(database))
    if try FileStatus.of(database) != nil {
      let file = try ConstantDatabase(opening: database)
      self =
        lookUpCount < Self.many
        ? .database(file, database) : .records(try Self.records(of: file), database)
      return
    }
    let path = layout.assignments
    let file = try reader.contentsIfPresent(of: path).map { contents in
      try UserAssignments(parsing: contents, path: path)
    }
    let entries = file?.entries ?? []
    // Of two lines for the same name the first one counts.
    self = .text(
      Dictionary(entries.lazy.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }), path)
  }

  /// What a `+` line gives to all addresses with a prefix, that is a name and one character more.
  func prefix(_ name: ArraySlice<UInt8>, _ last: UInt8) throws -> Found? {
    try found(Self.key(name, last))
  }

  /// What the line `+:` gives to every address that no other line has, as `qmail-pw2u` writes it.
  func everybody() throws -> Found? { try found([UInt8(ascii: "!")]) }

  /// What a `=` line gives to one address.
  func address(_ local: ArraySlice<UInt8>) throws -> Found? { try found(Self.key(local, 0)) }

  /// The local parts that `=` lines give away, in the order of their bytes.
  func wholeAddresses() throws -> [(local: [UInt8], origin: RecipientOrigin)] {
    var keys: [[UInt8]] = []
    switch self {
    case .text(let table, _): keys = table.keys.filter(Self.isWhole)
    case .records(let table, _): keys = table.keys.filter(Self.isWhole)
    case .database(let file, _):
      try unsafe file.forEachRecord { key, _ in
        if unsafe key.last == 0 { unsafe keys.append([UInt8](key)) }
      }
      keys = keys.filter(Self.isWhole)
    }
    return keys.sorted { $0.lexicographicallyPrecedes($1) }.map { key in
      (Array(key.dropFirst().dropLast()), origin(of: key))
    }
  }

  /// Whether a key is that of a `=` line; no address holds a newline.
  private static func isWhole(_ key: [UInt8]) -> Bool {
    key.count > 2 && key.first == UInt8(ascii: "!") && key.last == 0
      && !key.contains(UInt8(ascii: "\n"))
  }

  private func origin(of key: [UInt8]) -> RecipientOrigin {
    switch self {
    case .text(let table, let path): .line(path, table[key]?.line ?? 1)
    case .records(_, let path), .database(_, let path): .record(path, key: key)
    }
  }

  /// The key of a record of `users/cdb`, as qmail-newu makes it.
  private static func key(_ name: ArraySlice<UInt8>, _ last: UInt8) -> [UInt8] {
    var key: [UInt8] = []
    key.reserveCapacity(name.count + 2)
    key.append(UInt8(ascii: "!"))
    key += name
    key.append(last)
    return key
  }

  private func found(_ key: [UInt8]) throws -> Found? {
    switch self {
    case .text(let table, let path):
      return table[key].map { Found(assignment: $0.assignment, origin: .line(path, $0.line)) }
    case .records(let table, let path): return try Self.found(key, table[key], path)
    case .database(let file, let path): return try Self.found(key, file.value(for: key), path)
    }
  }

  private static func found(_ key: [UInt8], _ data: [UInt8]?, _ path: FilePath) throws -> Found? {
    guard let data else { return nil }
    return Found(
      assignment: try Assignment(key, data, in: path), origin: .record(path, key: key))
  }

  private static func records(of file: ConstantDatabase) throws -> [[UInt8]: [UInt8]] {
    var records: [[UInt8]: [UInt8]] = [:]
    try unsafe file.forEachRecord { key, data in
      let key = unsafe [UInt8](key)
      if records[key] == nil { records[key] = unsafe [UInt8](data) }
    }
    return records
  }
}

extension Assignment {
  /// Takes a record of `users/cdb`.
  ///
  /// - Throws: `ConstantDatabaseError` when it has too few fields.
  init(_ key: [UInt8], _ data: [UInt8], in path: FilePath) throws(ConstantDatabaseError) {
    guard let assignment = Assignment(record: data) else {
      let name = VisibleText.escape(key)
      throw ConstantDatabaseError(.read, path.visible, "record \(name) has too few fields")
    }
    self = assignment
  }
}
