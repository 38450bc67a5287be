package import QmailFiles
internal import SystemPackage
package import SystemSupport

/// The user who runs a rule's command, by the numbers that the tree's `etc/passwd` gives the name.
///
/// The machine's own users do not count: under a root its names may mean others.
package struct RuleUser: Sendable {
  let uid: UInt32
  let gid: UInt32

  /// Looks the user of a rule up.
  ///
  /// - Returns: The user; nil when the rule has none, so that it is we ourselves.
  /// - Throws: `SystemError` when there is no such user.
  package static func of(_ rule: Rule, in layout: ServerLayout) throws(SystemError) -> RuleUser? {
    guard let name = rule.user else { return nil }
    guard let user = try layout.readPasswordFile().user(name.utf8) else {
      throw SystemError("find user", VisibleText.escape(name), .noSuchFileOrDirectory)
    }
    return RuleUser(uid: user.uid, gid: user.gid)
  }

  /// The command that runs another one with no rights but this user's.
  ///
  /// It does not get our lock, which in the hands of another user would not be ours alone. So that
  /// it never runs beside the next builder it ends when we do, even if we are killed.
  func running(_ arguments: [String]) -> [String] {
    ["setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups", "--pdeathsig=KILL", "--"]
      + arguments
  }
}
