internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// Asks vpopmail's own programs for the mailboxes and aliases that its SQL database holds.
///
/// `vuserinfo` prints nothing and exits 0 for a domain that it cannot read: no mailbox at all is
/// taken for a failure, since a domain has at least its postmaster.
struct VpopmailPrograms: Equatable, Sendable {
  /// A recipient, and the program that listed it.
  struct Recipient: Equatable {
    let name: [UInt8]
    let origin: RecipientOrigin
  }

  /// The directory of the programs.
  let directory: FilePath

  /// The programs of a server; nil when it has no vpopmail.
  init?(of layout: ServerLayout, among users: PasswordFile) {
    guard let home = layout.vpopmailHome(among: users) else { return nil }
    directory = layout.root(home.appending("bin"))
  }

  /// What is wrong with a domain that only programs can list, when there are none.
  struct Absence: Error, CustomStringConvertible {
    /// The file that would list the mailboxes.
    let vpasswd: FilePath

    var description: String {
      "\(SystemError("open", vpasswd, .noSuchFileOrDirectory)),"
        + " and there is no user vpopmail whose programs could tell"
    }
  }

  /// A program with its options, the domain last.
  func command(_ program: FilePath.Component, _ options: String..., of query: VpopmailQuery)
    -> Command
  {
    Command(
      [directory.appending(program).string] + options
        + [String(decoding: query.domain, as: UTF8.self)])
  }
}

// MARK: - Recipients

extension VpopmailPrograms {
  /// What a domain's programs said.
  typealias Answer = Result<[Recipient], ProgramFailure>

  /// Asks for the recipients of several domains.
  ///
  /// - Parameters:
  ///   - queries: The domains.
  ///   - hasExtensions: Whether each mailbox takes mail for its extensions.
  ///   - answered: Called with each domain when its programs have ended.
  /// - Returns: An answer for each domain.
  /// - Throws: `SystemError` when nothing can be waited for.
  func recipients(
    _ queries: [VpopmailQuery], hasExtensions: Bool,
    answered: (VpopmailQuery) -> Void = { _ in }
  ) throws(SystemError) -> [VpopmailQuery: Answer] {
    let mailboxes = queries.map { command("vuserinfo", "-D", of: $0) }
    let aliases = queries.map { command("valias", "-s", of: $0) }
    let commands = mailboxes + aliases
    var halfAnswered: Set<VpopmailQuery> = []
    var limits = ProgramLimits()
    // After a name vuserinfo prints the hash, and the password itself where vpopmail keeps it.
    limits.showsLastLine = { output in
      !NumberedLines(output.bytes).contains { $0.bytes.starts(with: Self.nameField) }
    }
    limits.isAnswer = { number, outcome in
      outcome.isSuccess || number >= queries.count && Self.isNoAlias(outcome)
    }
    let answers = try ProgramRuns(commands, limits) {
      number, output throws(ProgramFailure) in
      number < queries.count
        ? try Self.mailboxes(in: output, of: commands[number], hasExtensions)
        : Self.aliases(in: output, of: commands[number])
    }.run { number in
      let query = queries[number % queries.count]
      if halfAnswered.remove(query) == nil { halfAnswered.insert(query) } else { answered(query) }
    }
    var found: [VpopmailQuery: Answer] = [:]
    for (number, query) in queries.enumerated() {
      let aliases = answers[queries.count + number]
      found[query] = answers[number].flatMap { names in aliases.map { names + $0 } }
    }
    return found
  }

  /// What begins the lines of vuserinfo that name a mailbox, the first of several about it.
  private static let nameField = Array("name:".utf8)

  /// The mailboxes in what vuserinfo prints: lines `name:   x`.
  private static func mailboxes(
    in output: BoundedOutput, of command: Command, _ hasExtensions: Bool
  ) throws(ProgramFailure) -> [Recipient] {
    let names = NumberedLines(output.bytes).compactMap { line -> [UInt8]? in
      guard line.bytes.starts(with: nameField) else { return nil }
      let rest = line.bytes.dropFirst(nameField.count).drop {
        $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
      }
      let name = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }
      return name.isEmpty ? nil : Array(name)
    }
    guard !names.isEmpty else { throw ProgramFailure(command, "it lists no mailbox") }
    let extended = hasExtensions ? names.map { $0 + "-default".utf8 } : []
    return (names + extended).map { Recipient(name: $0, origin: .program(command.typed)) }
  }

  /// Whether valias found no alias: it exits 255 then as it does when it fails, but says nothing, or
  /// that of s/vpopmail says so.
  private static func isNoAlias(_ outcome: ChildProcess.Outcome) -> Bool {
    outcome.ending == .exited(255)
      && NumberedLines(outcome.output.bytes).allSatisfy { line in
        line.bytes.starts(with: "No aliases found for domain ".utf8)
      }
  }

  /// The aliases in what valias prints: lines `x@domain -> instruction`.
  private static func aliases(in output: BoundedOutput, of command: Command) -> [Recipient] {
    NumberedLines(output.bytes).compactMap { line in
      guard let at = line.bytes.firstIndex(of: UInt8(ascii: "@")), at > line.bytes.startIndex else {
        return nil
      }
      return Recipient(name: Array(line.bytes[..<at]), origin: .program(command.typed))
    }
  }
}
