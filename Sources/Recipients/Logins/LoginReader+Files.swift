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

  mutating func readVariables() throws -> LoginVariables {
    let path = layout.loginVariables
    guard let contents = try reader.contentsIfPresent(of: path) else { return LoginVariables() }
    let (variables, errors) = LoginVariables.parse(contents, path: path)
    problems += errors.map { RecipientProblem(nil, "\($0)") }
    return variables
  }

  /// What is found in a directory.
  enum DirectoryContents {
    /// The mailboxes of a vpasswd file.
    case listed(Mailboxes)
    /// vpopmail delivers into the directory, but has no vpasswd file there.
    case inSQL
    case notVpopmail
  }

  /// The mailboxes in a directory.
  ///
  /// - Throws: `RelativeHome`, or `UnreadableHome` when they cannot be read; `FileFormatError` for a
  ///   line that is none.
  mutating func readMailboxes(
    in directory: VpopmailDomains.Directory, among users: PasswordFile
  ) throws -> DirectoryContents {
    guard directory.path.isAbsolute else { throw RelativeHome(origin: origin(of: directory)) }
    let path = layout.vpasswd(in: directory)
    let contents: [UInt8]?
    do throws(SystemError) {
      contents = try readVpasswd(path)
      if contents == nil, try FileStatus.of(layout.root(directory.path)) == nil {
        throw SystemError("open", path, .noSuchFileOrDirectory)
      }
    } catch {
      throw UnreadableHome(error: error, origin: origin(of: directory))
    }
    if let contents { return .listed(try Mailboxes(parsing: contents, path: path)) }
    return try isVpopmail(directory, among: users) ? .inSQL : .notVpopmail
  }

  /// Asks vpopmail's programs for the mailboxes in directories that have no vpasswd file.
  ///
  /// - Parameters:
  ///   - directories: The directories.
  ///   - users: Among whom vpopmail's user is.
  ///   - answered: Called for each directory when its program has ended.
  /// - Returns: An answer for each directory, in their order.
  /// - Throws: `SystemError` when nothing can be waited for.
  mutating func queryMailboxes(
    in directories: [VpopmailDomains.Directory], among users: PasswordFile,
    answered: () -> Void = {}
  ) throws -> [Result<Mailboxes, any Error>] {
    guard !directories.isEmpty else { return [] }
    reader.note(.programs)
    guard let programs = VpopmailPrograms(of: layout, among: users) else {
      return directories.map { directory in
        .failure(VpopmailPrograms.Absence(vpasswd: layout.vpasswd(in: directory)))
      }
    }
    let queries = directories.map { VpopmailQuery(domain: $0.realDomain) }
    let answers = try programs.logins(queries, answered: answered)
    return zip(directories, answers).map { directory, answer in
      answer.mapError { failure in
        NoMailboxes(vpasswd: layout.vpasswd(in: directory), failure: failure)
      }
    }
  }

  /// Neither a vpasswd file nor vpopmail's programs tell the mailboxes of a directory.
  private struct NoMailboxes: Error, CustomStringConvertible {
    let vpasswd: FilePath
    let failure: ProgramFailure

    var description: String {
      "\(SystemError("open", vpasswd, .noSuchFileOrDirectory)), and \(failure)"
    }
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
    let instructions = try reader.contentsIfPresent(of: home.appending(".qmail-default"))
    if let instructions, DotQmail(parsing: instructions).catchAll != .other { return true }
    guard let vpopmail = layout.vpopmailHome(among: users) else { return false }
    return directory.path.starts(with: vpopmail.appending("domains"))
  }
}
