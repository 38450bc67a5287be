internal import QmailFiles
internal import SystemPackage
package import SystemSupport

extension BuildCommand {
  /// The program as it is started for a rule.
  ///
  /// - Parameters:
  ///   - rule: The rule, whose user's rights the program gets.
  ///   - candidate: Gives the names for the places; nil where there are none.
  ///   - settings: Give the root, which the program is told in `QMAIL_UPDATER_ROOT`.
  /// - Returns: The command.
  package func command(
    for rule: Rule, into candidate: Candidate?, _ settings: Settings
  ) -> Command {
    var words = arguments
    if let candidate {
      words = filled(with: [
        Self.candidate: candidate.path.string,
        Self.temporary: candidate.temporaryPath.string,
        Self.depfile: candidate.depfilePath.string,
      ])
    }
    // daemontools' setuidgid gives up root's rights for us.
    if let user = rule.user { words = ["setuidgid", user] + words }
    return Command(
      words, standardInput: standardInput,
      environment: ["QMAIL_UPDATER_ROOT": settings.layout.root.directory.string])
  }
}

extension Rule {
  /// The user and group who run the builder, and to whom its candidate's directory belongs; nil for
  /// ourselves.
  ///
  /// - Throws: `SystemError` when the rule's user is not known here.
  package func builder(among settings: Settings) throws -> (uid: UInt32, gid: UInt32)? {
    guard let name = user else { return nil }
    guard let user = try settings.layout.readPasswordFile().user(name.utf8) else {
      throw SystemError("find user", VisibleText.escape(name), .noSuchFileOrDirectory)
    }
    return (user.uid, user.gid)
  }
}
