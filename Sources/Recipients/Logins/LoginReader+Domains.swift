internal import ConstantDatabase
internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// Which domains vpopmail has.
extension LoginReader {
  /// Reads the domains from `users/assign` or, without it, from `users/cdb`; without both there are
  /// none.
  ///
  /// - Throws: `SystemError` when the file cannot be read, `FileFormatError` or
  ///   `ConstantDatabaseError` when it is damaged; `RecipientError` when there is neither, although
  ///   vpopmail has domains.
  mutating func readDomains(among users: PasswordFile) throws -> VpopmailDomains {
    if let contents = try reader.contentsIfPresent(of: layout.assignments) {
      return VpopmailDomains(
        of: try UserAssignments(parsing: contents, path: layout.assignments), users: users)
    }
    let database = layout.assignmentDatabase
    reader.note(.file(database))
    guard try FileStatus.of(database) != nil else {
      try refuseDomainsWithoutTable(among: users)
      return VpopmailDomains(of: [], users: users)
    }
    return VpopmailDomains(of: try Self.assignments(in: database), users: users)
  }

  /// The table that the domains come from.
  var domainTable: FilePath {
    get throws {
      let database = layout.assignmentDatabase
      let isText = try FileStatus.of(layout.assignments) != nil || FileStatus.of(database) == nil
      return isText ? layout.assignments : database
    }
  }

  /// Where the first domain of a directory is entered.
  func origin(of directory: VpopmailDomains.Directory) -> RecipientOrigin {
    guard let name = directory.names.first else { return .entry(layout.assignments) }
    guard let line = name.line else {
      let key = Array("!".utf8) + name.bytes + [UInt8(ascii: "-")]
      return .record(layout.assignmentDatabase, key: key)
    }
    return .line(layout.assignments, line)
  }

  private static func assignments(
    in database: FilePath
  ) throws -> [(key: [UInt8], assignment: Assignment)] {
    var records: [(key: [UInt8], assignment: Assignment)] = []
    try unsafe ConstantDatabase(opening: database).forEachRecord { key, data in
      let key = unsafe Array(key)
      // The one without a name tells with which characters a prefix may end.
      if key.isEmpty { return }
      records.append((key, try Assignment(key, unsafe Array(data), in: database)))
    }
    return records
  }

  /// Without a table nobody's mailbox would be a login, and all who have one would be locked out.
  private func refuseDomainsWithoutTable(among users: PasswordFile) throws {
    guard let home = layout.vpopmailHome(among: users) else { return }
    let domains = layout.root(home.appending("domains"))
    guard try FileStatus.of(domains)?.kind == .directory else { return }
    let names = try FileReading.names(in: domains)
    guard names.contains(where: { !$0.string.hasPrefix(".") }) else { return }
    throw RecipientError(problems: [
      RecipientProblem(
        nil,
        "unable to list vpopmail's domains: there is neither \(layout.assignments.visible) nor"
          + " \(layout.assignmentDatabase.visible), but \(domains.visible) is not empty")
    ])
  }
}
