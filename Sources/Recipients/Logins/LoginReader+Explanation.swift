internal import QmailFiles
package import SystemPackage
internal import SystemSupport

extension LoginReader {
  /// Explains one login, reading only the files that concern it.
  ///
  /// - Parameters:
  ///   - login: The login, as a client sends it.
  ///   - database: The .cdb in use.
  /// - Returns: The explanation.
  /// - Throws: As `readAll`, for the files that were needed.
  package mutating func explain(_ login: [UInt8], database: FilePath) throws -> LoginExplanation {
    let found = try find(login)
    let entry = try readVariables().entries[login]
    return LoginExplanation(
      login: login, verdict: found.verdict, variables: entry?.variables ?? [],
      variablesOrigin: entry.map { .line(layout.loginVariables, $0.line) }, database: database,
      inUse: LoginExplanation.InUse(
        of: database, login: login, hash: found.hash, suffix: entry?.suffix ?? []),
      obstacles: problems.map(\.description))
  }

  private struct Found {
    let verdict: LoginExplanation.Verdict
    /// The hash, for one who is accepted.
    let hash: [UInt8]?

    init(_ hash: [UInt8], _ refusal: LoginRefusal?, _ origin: RecipientOrigin) {
      verdict = refusal.map { .refused($0, origin) } ?? .accepted(origin)
      self.hash = refusal == nil ? hash : nil
    }

    init(unknown reason: String) {
      verdict = .unknown(reason)
      hash = nil
    }
  }

  private mutating func find(_ login: [UInt8]) throws -> Found {
    let users = try readUsers()
    if options.includesSystemUsers,
      let user = try readSystemLogins(of: users).login(named: login)
    {
      return Found(user.entry.hash, user.refusal, .line(layout.shadow, user.entry.line))
    }
    guard let at = login.lastIndex(of: UInt8(ascii: "@")) else {
      return Found(
        unknown: options.includesSystemUsers
          ? "no such user in \(layout.shadow.visible), and no domain in the login"
          : "no domain in the login, and the users of the system are left out")
    }
    return try findMailbox(login[..<at], in: login[(at + 1)...], among: users)
  }

  private mutating func findMailbox(
    _ name: ArraySlice<UInt8>, in domain: ArraySlice<UInt8>, among users: PasswordFile
  ) throws -> Found {
    guard let directory = try readDomains(among: users).directory(of: domain.lowercased) else {
      let table = try domainTable.visible
      return Found(
        unknown: "\(VisibleText.escape(domain)) is no domain of vpopmail's in \(table)")
    }
    let mailboxes: Mailboxes
    switch try readMailboxes(in: directory, among: users) {
    case .listed(let listed): mailboxes = listed
    case .inSQL: mailboxes = try queryMailboxes(in: [directory], among: users)[0].get()
    case .notVpopmail:
      return Found(unknown: "\(layout.root(directory.path).visible) is not vpopmail's")
    }
    guard domain.elementsEqual(domain.lowercased), let mailbox = mailboxes.mailbox(named: name)
    else {
      let isMisspelt = mailboxes.mailbox(named: name.lowercased) != nil
      return Found(
        unknown: isMisspelt
          ? "capital letters count: \(mailboxes.source) has it in small ones"
          : "no such mailbox in \(mailboxes.source)")
    }
    return Found(
      Array(mailboxes.bytes[mailbox.hash]), mailbox.refusal, mailboxes.origin(of: mailbox))
  }
}
