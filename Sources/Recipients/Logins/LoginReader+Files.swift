internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// The files that logins come from, each noted as a source.
extension LoginReader {
  mutating func readUsers() throws -> PasswordFile {
    PasswordFile(parsing: try reader.contentsIfPresent(of: layout.passwd) ?? [])
  }

  mutating func readSystemLogins(of users: PasswordFile) throws -> SystemLogins {
    let shadow = try reader.contentsIfPresent(of: layout.shadow)
    if shadow == nil { observer.warn("\(layout.shadow.visible) is missing: no user of the system") }
    return SystemLogins(
      users: users, shadow: ShadowFile(parsing: shadow ?? []), today: options.today)
  }

  mutating func readDomains(among users: PasswordFile) throws -> VpopmailDomains? {
    let path = layout.assignments
    guard let contents = try reader.contentsIfPresent(of: path) else { return nil }
    return VpopmailDomains(of: try UserAssignments(parsing: contents, path: path), users: users)
  }

  mutating func readVariables() throws -> LoginVariables {
    let path = layout.loginVariables
    guard let contents = try reader.contentsIfPresent(of: path) else { return LoginVariables() }
    let (variables, errors) = LoginVariables.parse(contents, path: path)
    problems += errors.map { RecipientProblem(nil, "\($0)") }
    return variables
  }

  /// The mailboxes in a directory; nil when it is not vpopmail's.
  ///
  /// - Throws: `SystemError` when they cannot be read, `FileFormatError` for a line that is none.
  mutating func readMailboxes(
    in directory: VpopmailDomains.Directory, among users: PasswordFile
  ) throws -> Mailboxes? {
    guard directory.path.isAbsolute else {
      let line = directory.names.first?.line ?? 0
      throw FileFormatError(layout.assignments, line: line, expected: "an absolute directory")
    }
    let path = layout.vpasswd(in: directory)
    if let contents = try readVpasswd(path) {
      return try Mailboxes(parsing: contents, path: path)
    }
    guard try isVpopmail(directory, among: users) else { return nil }
    throw SystemError("open", path, .noSuchFileOrDirectory)
  }

  /// A vpasswd file, or nil when there is none.
  ///
  /// A symbolic link is not followed: the directory is not root's, and one to `etc/shadow` would
  /// bring root's own hash into the list.
  private mutating func readVpasswd(_ path: FilePath) throws(SystemError) -> [UInt8]? {
    reader.note(.file(path))
    guard try FileStatus.of(path, followingLinks: false) != nil else { return nil }
    return try FileReading.contents(of: path, followingLinks: false)
  }

  /// Whether vpopmail delivers into a directory that has no vpasswd file.
  private mutating func isVpopmail(
    _ directory: VpopmailDomains.Directory, among users: PasswordFile
  ) throws -> Bool {
    let home = layout.root(directory.path)
    guard try FileStatus.of(home) != nil else { return true }
    let instructions = try reader.contentsIfPresent(of: home.appending(".qmail-default"))
    if let instructions, DotQmail(parsing: instructions).catchAll != .other { return true }
    guard let vpopmail = layout.vpopmailHome(among: users) else { return false }
    return directory.path.starts(with: vpopmail.appending("domains"))
  }
}
