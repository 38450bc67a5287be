internal import QmailFiles
package import SystemPackage
package import SystemSupport

extension BuildCommand {
  /// The program as it is started for a rule.
  ///
  /// - Parameters:
  ///   - user: Whose rights the program gets; nil are ours.
  ///   - candidate: Gives the names for the places; nil where there are none.
  ///   - memory: The program's own file that stays from run to run; nil lets it have none.
  ///   - settings: Give the root, which the program is told in `QMAIL_UPDATER_ROOT`.
  /// - Returns: The command.
  package func command(
    as user: RuleUser?, into candidate: Candidate?, memory: FilePath? = nil, _ settings: Settings
  ) -> Command {
    var words = arguments
    if let candidate {
      words = filled { place in
        switch place {
        case Self.candidate: candidate.path.string
        case Self.temporary: candidate.temporaryPath.string
        case Self.depfile: candidate.depfilePath.string
        case Self.product: candidate.product.path.string
        case Self.memory: memory?.string ?? Self.noFile
        default: nil
        }
      }
    }
    return Command(
      user?.running(words) ?? words, standardInput: standardInput,
      environment: ["QMAIL_UPDATER_ROOT": settings.layout.root.directory.string])
  }
}
