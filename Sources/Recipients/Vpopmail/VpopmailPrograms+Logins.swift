internal import SystemPackage
internal import SystemSupport

extension VpopmailPrograms {
  /// What the programs said of a domain's logins.
  typealias LoginAnswer = Result<Mailboxes, ProgramFailure>

  /// Asks for the mailboxes of several domains with their hashes and flags.
  ///
  /// `vuserinfo -n -p -g -D DOMAIN` prints a line each of name, crypt(3) hash and flags for each
  /// mailbox; that of s/vpopmail has a line of dashes before each. Nothing of it is ever shown.
  /// Other fields are not asked for: what a mailbox's user may write freely, such as his name,
  /// could pass for lines of its own.
  ///
  /// - Parameters:
  ///   - queries: The domains.
  ///   - answered: Called for each domain when its program has ended.
  /// - Returns: An answer for each domain, in their order.
  /// - Throws: `SystemError` when nothing can be waited for.
  func logins(
    _ queries: [VpopmailQuery], answered: () -> Void
  ) throws(SystemError) -> [LoginAnswer] {
    let commands = queries.map { command("vuserinfo", "-n", "-p", "-g", "-D", of: $0) }
    var limits = ProgramLimits()
    limits.showsLastLine = { _ in false }
    return try ProgramRuns(commands, limits) { number, output throws(ProgramFailure) in
      let listing = Mailboxes(listedBy: commands[number].typed, output.bytes)
      guard let listing else {
        throw ProgramFailure(
          commands[number], "it did not print a name, a hash and a number for each mailbox")
      }
      if listing.mailboxes.isEmpty { throw ProgramFailure(commands[number], "it lists no mailbox") }
      return listing
    }.run { _ in answered() }
  }
}
