internal import QmailFiles

/// Which users of the system may log in: those with a hash in `etc/shadow`.
struct SystemLogins {
  /// A line of `etc/shadow` and what it means.
  struct Login {
    let entry: ShadowFile.Entry
    /// Why the user may not log in; nil when he may.
    let refusal: LoginRefusal?
  }

  private let shadow: ShadowFile
  private let users: [[UInt8]: PasswordFile.User]
  private let today: Int

  /// - Parameters:
  ///   - users: The users of `etc/passwd`; of two with one name the first counts.
  ///   - shadow: Their hashes.
  ///   - today: The day, counted from 1970, for accounts that expire.
  init(users: PasswordFile, shadow: ShadowFile, today: Int) {
    self.shadow = shadow
    self.users = Dictionary(users.users.map { ($0.name, $0) }) { first, _ in first }
    self.today = today
  }

  /// All the lines of `etc/shadow`, in their order.
  var logins: [Login] { shadow.entries.map { Login(entry: $0, refusal: refusal(of: $0)) } }

  /// The first line with this name.
  func login(named name: [UInt8]) -> Login? {
    let entry = shadow.entries.first { $0.name == name }
    return entry.map { Login(entry: $0, refusal: refusal(of: $0)) }
  }

  private func refusal(of entry: ShadowFile.Entry) -> LoginRefusal? {
    guard let user = users[entry.name] else { return .noSuchUser }
    if let refusal = LoginRefusal.refusal(of: entry.hash) { return refusal }
    if user.uid == 0 { return .superuser }
    if Self.isClosed(shell: user.shell) { return .noLoginShell }
    if let day = entry.expiryDay, day <= today { return .expired }
    return nil
  }

  /// Whether a shell is one of those that let nobody in, wherever they lie; no shell at all stands
  /// for `/bin/sh`.
  private static func isClosed(shell: [UInt8]) -> Bool {
    let name = shell.withoutTrailingBlanks.split(separator: UInt8(ascii: "/")).last ?? []
    return closedShells.contains { name.elementsEqual($0.utf8) }
  }

  /// Shells that refuse, and what users such as `sync` and `halt` run instead of one.
  private static let closedShells = [
    "nologin", "false", "null", "true", "sync", "halt", "shutdown",
  ]
}
