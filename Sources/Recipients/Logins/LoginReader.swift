internal import Glibc
package import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// Reads who may log in from the files of a server.
///
/// The users of the system come from `etc/shadow`, and each of vpopmail's mailboxes is a login in
/// its domain and in all the alias domains of it.
package struct LoginReader {
  /// What is wanted.
  package struct Options: Sendable {
    /// Whether the users of the system are logins too.
    package var includesSystemUsers = true
    /// Whether a domain whose mailboxes cannot be read is left out with a warning; else it is an
    /// error.
    package var skipsBrokenDomains = false
    /// The day, counted from 1970, for accounts that expire.
    package var today = time(nil) / 86_400

    package init() {}
  }

  /// Who is told what happens; each text is one line that is safe to show.
  package struct Observer {
    /// Gets each decision; nil when nobody wants to know.
    package var note: ((String) -> Void)?
    /// Gets what is wrong but stops nothing.
    package var warn: (String) -> Void = { _ in }
    /// Gets how many of the directories with mailboxes are done, and how many there are.
    package var progress: (Int, Int) -> Void = { _, _ in }

    package init() {}
  }

  let layout: ServerLayout
  let options: Options
  private let observer: Observer
  var reader = SourceReader()
  private var problems: [RecipientProblem] = []

  package init(
    _ layout: ServerLayout, options: Options = Options(), observer: Observer = Observer()
  ) {
    self.layout = layout
    self.options = options
    self.observer = observer
  }

  /// The files that were looked at, so far.
  package var sources: [RecipientSource] { reader.sources }

  /// Reads everybody who may log in.
  ///
  /// - Throws: `SystemError` or `FileFormatError` when a file that all depends on cannot be read;
  ///   `RecipientError` with all that is wrong in the others.
  package mutating func readAll() throws -> LoginList {
    var list = LoginList()
    let variables = try readVariables()
    let users = try readUsers()
    if options.includesSystemUsers {
      try addSystemUsers(of: users, with: variables, to: &list)
    }
    try addMailboxes(among: users, with: variables, to: &list)
    guard problems.isEmpty else { throw RecipientError(problems: problems) }
    list.finish()
    return list
  }
}

// MARK: - The files

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

// MARK: - The list

extension LoginReader {
  private mutating func addSystemUsers(
    of users: PasswordFile, with variables: LoginVariables, to list: inout LoginList
  ) throws {
    for login in try readSystemLogins(of: users).logins {
      let name = login.entry.name
      if let refusal = login.refusal {
        list.appendRefused(name)
        note(refusal, name, .line(layout.shadow, login.entry.line))
      } else {
        list.append(name, hash: login.entry.hash, suffix: variables.suffix(for: name))
      }
    }
  }

  private mutating func addMailboxes(
    among users: PasswordFile, with variables: LoginVariables, to list: inout LoginList
  ) throws {
    let directories = try readDomains(among: users)?.directories ?? []
    for (index, directory) in directories.enumerated() {
      observer.progress(index, directories.count)
      do {
        if let mailboxes = try readMailboxes(in: directory, among: users) {
          add(mailboxes, of: directory, with: variables, to: &list)
        } else {
          observer.note?("\(layout.root(directory.path).visible) is not vpopmail's: left out")
        }
      } catch {
        let problem = RecipientProblem(directory.names.first?.bytes, "\(error)")
        guard options.skipsBrokenDomains else {
          problems.append(problem)
          continue
        }
        observer.warn("\(problem); left out: \(directory.shownNames)")
      }
    }
    observer.progress(directories.count, directories.count)
  }

  private func add(
    _ mailboxes: Mailboxes, of directory: VpopmailDomains.Directory,
    with variables: LoginVariables, to list: inout LoginList
  ) {
    let before = list.addedCount
    for domain in directory.names {
      for mailbox in mailboxes.mailboxes {
        let login = mailboxes.bytes[mailbox.name] + [UInt8(ascii: "@")] + domain.bytes
        if mailbox.refusal == nil {
          let hash = mailboxes.bytes[mailbox.hash]
          list.append(login, hash: hash, suffix: variables.suffix(for: login))
        } else {
          list.appendRefused(login)
        }
      }
    }
    noteRefusals(of: mailboxes, in: directory)
    let added = list.addedCount - before
    observer.note?("\(directory.shownNames): \(added) logins")
  }

  private func noteRefusals(of mailboxes: Mailboxes, in directory: VpopmailDomains.Directory) {
    guard let domain = directory.names.first else { return }
    for mailbox in mailboxes.mailboxes {
      guard let refusal = mailbox.refusal else { continue }
      note(
        refusal, mailboxes.bytes[mailbox.name] + [UInt8(ascii: "@")] + domain.bytes,
        .line(layout.vpasswd(in: directory), mailbox.line))
    }
  }

  private func note(
    _ refusal: LoginRefusal, _ login: some Collection<UInt8>, _ origin: RecipientOrigin
  ) {
    let tell = refusal == .unfinishedLine ? observer.warn : observer.note
    tell?("\(VisibleText.escape(login)) left out: \(refusal) (\(origin))")
  }
}

extension VpopmailDomains.Directory {
  /// The names of the domains, safe to show.
  fileprivate var shownNames: String {
    names.map { VisibleText.escape($0.bytes) }.joined(separator: ", ")
  }
}
