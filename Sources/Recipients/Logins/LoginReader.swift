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
  let observer: Observer
  var reader = SourceReader()
  var problems: [RecipientProblem] = []
  /// Domains that were left out, since their mailboxes cannot be read.
  private var skippedDomains: Set<[UInt8]> = []

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
    warn(ofUnused: variables, in: list)
    list.finish()
    return list
  }

  /// Tells of variables whose login nobody has: it may be misspelt.
  private func warn(ofUnused variables: LoginVariables, in list: LoginList) {
    let unused = list.unknown(among: variables.entries.keys).filter { login in
      let at = login.lastIndex(of: UInt8(ascii: "@"))
      return at.map { !skippedDomains.contains(Array(login[($0 + 1)...])) } ?? true
    }
    let entries = variables.entries.filter { unused.contains($0.key) }
    for (login, entry) in entries.sorted(by: { $0.value.line < $1.value.line }) {
      let origin = RecipientOrigin.line(layout.loginVariables, entry.line)
      observer.warn("\(origin): nobody has the login \(VisibleText.escape(login))")
    }
  }
}

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
    let directories = try readDomains(among: users).directories
    var queried: [VpopmailDomains.Directory] = []
    let total = directories.count
    for (index, directory) in directories.enumerated() {
      observer.progress(index - queried.count, total)
      collect(directory) { reader throws in
        switch try reader.readMailboxes(in: directory, among: users) {
        case .listed(let mailboxes):
          reader.add(mailboxes, of: directory, with: variables, to: &list)
        case .inSQL: queried.append(directory)
        case .notVpopmail:
          let path = reader.layout.root(directory.path).visible
          reader.observer.note?("\(path) is not vpopmail's: left out")
        }
      }
    }
    var done = total - queried.count
    let tell = observer.progress
    let answers = try queryMailboxes(in: queried, among: users) {
      done += 1
      tell(done, total)
    }
    for (directory, answer) in zip(queried, answers) {
      collect(directory) { reader throws in
        reader.add(try answer.get(), of: directory, with: variables, to: &list)
      }
    }
    observer.progress(total, total)
  }

  /// Takes a step with one directory, whose failure may be skipped.
  private mutating func collect(
    _ directory: VpopmailDomains.Directory, _ step: (inout Self) throws -> Void
  ) {
    do {
      try step(&self)
    } catch {
      let problem = RecipientProblem(directory.names.first?.bytes, "\(error)")
      if options.skipsBrokenDomains {
        observer.warn("\(problem); left out: \(directory.shownNames)")
        skippedDomains.formUnion(directory.names.map(\.bytes))
      } else {
        problems.append(problem)
      }
    }
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
        mailboxes.origin(of: mailbox))
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
