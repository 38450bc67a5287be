internal import ArgumentParser
internal import Recipients
internal import SystemPackage
internal import SystemSupport
internal import ToolSupport

/// `mkvalidrcptto`: builds the .cdb of the addresses that qmail-smtpd takes mail for.
@main struct MakeValidRecipients: Tool {
  static let configuration = CommandConfiguration(
    tool: "mkvalidrcptto", abstract: "List every address that this server takes mail for.",
    discussion: """
      The list comes from rcpthosts, morercpthosts.cdb, locals, virtualdomains, smtproutes, users/cdb \
      or users/assign, passwd, .qmail files, fastforward's aliases and vpopmail's mailboxes. \
      control/validrcptto.reject names addresses and @domains that are refused all the same, \
      control/validrcptto.exclude what is left out, and control/validrcptto.d/DOMAIN the users of a \
      domain that smtproutes passes on.

      Without -c and -m the addresses go to standard output, one a line.
      """)

  @Flag(name: .customShort("n"), help: "Leave out aliases and local users.")
  var omitsAliases = false

  @Option(
    help: ArgumentHelp(
      "Say whether mail for an address is taken, and why, by the files and by the .cdb in use.",
      valueName: "address"))
  var explain: String?

  @OptionGroup var list: ListOptions

  @Option(
    help: ArgumentHelp(
      "Keep in a file what the next -c needs to read only the domains that have changed.",
      valueName: "file"),
    transform: PathArgument.asGiven)
  var memory: FilePath?

  @Option(
    help: ArgumentHelp(
      "The .cdb file in use, if -c names another one; for --memory.", valueName: "file"),
    transform: PathArgument.asGiven)
  var old: FilePath?

  static func main() { runAsTool() }

  func validate() throws {
    if memory != nil, list.database == nil { throw ValidationError("--memory needs -c") }
    if old != nil, memory == nil { throw ValidationError("--old needs --memory") }
  }

  func run() throws {
    if let explain { return try show(explanationOf: explain) }
    FreedMemory.keep()
    if let database = list.database {
      let outcome = try update(database)
      if list.isVerbose { diagnostics.note("\(database.visible): \(outcome)") }
    } else {
      try RecipientOutput(try builder.build(), asRecords: list.printsRecords).write()
    }
  }
}

extension MakeValidRecipients {
  private var diagnostics: Diagnostics { Diagnostics(of: Self.self) }

  private var builder: RecipientListBuilder {
    let bar = list.makeProgressBar()
    var builder = RecipientListBuilder(list.server.layout)
    builder.leavesOutAliases = omitsAliases
    builder.keepsGoing = list.keepGoing
    builder.warn = diagnostics.warning
    if list.isVerbose { builder.note = diagnostics.note }
    if let depfile = list.depfile {
      // Also for a list that is refused: whoever waits for a better one must know for what.
      builder.noteSources = { try DependencyFile.write($0, to: depfile) }
    }
    builder.progress = { bar.update(done: $0, of: $1) }
    return builder
  }

  private func update(_ database: FilePath) throws -> DatabaseUpdate.Outcome {
    guard let memory else { return try builder.build().update(database) }
    let file = MemoryFile(list.server.file(memory))
    return try RememberingUpdate(builder, file, old: old.map(list.server.file)).run(database)
  }

  private func show(explanationOf address: String) throws {
    var explainer = RecipientExplainer(list.server.layout, database: list.database)
    explainer.leavesOutAliases = omitsAliases
    guard let explanation = explainer.explain(ArgumentBytes.of(address)) else {
      throw ValidationError("--explain: expected USER@DOMAIN")
    }
    try StandardOutput.show(explanation.lines)
  }
}
