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

  @Option(
    name: .customShort("c", allowingJoined: true),
    help: ArgumentHelp(
      "Write the .cdb file, if its records differ. Owner and mode are kept.", valueName: "file"),
    transform: PathArgument.asGiven)
  var database: FilePath?

  @Flag(name: .customShort("m"), help: "Print input for cdbmake.")
  var printsRecords = false

  @Flag(name: .customShort("n"), help: "Leave out aliases and local users.")
  var omitsAliases = false

  @Flag(name: .customShort("v"), help: "Say on standard error what is decided.")
  var isVerbose = false

  @Flag(help: "Leave out a domain that cannot be listed, with a warning, instead of giving up.")
  var keepGoing = false

  @Flag(help: "Show how far the work is, on a terminal.")
  var progress = false

  @Option(
    help: ArgumentHelp(
      "Say whether mail for an address is taken, and why, by the files and by the .cdb in use.",
      valueName: "address"))
  var explain: String?

  @Option(
    help: ArgumentHelp(
      "Write the paths of all files and directories that were read, one a line.",
      valueName: "file"),
    transform: PathArgument.asGiven)
  var depfile: FilePath?

  @OptionGroup var server: LayoutOptions

  static func main() { runAsTool() }

  func validate() throws {
    if printsRecords, database != nil { throw ValidationError("-c and -m exclude each other") }
  }

  func run() throws {
    if let explain { return try show(explanationOf: explain) }
    let list = try builder.build()
    if let database = database.map(server.file) {
      let outcome = try list.update(database)
      if isVerbose { diagnostics.note("\(database.visible): \(outcome)") }
    } else {
      try RecipientOutput(list, asRecords: printsRecords).write()
    }
  }
}

extension MakeValidRecipients {
  private var diagnostics: Diagnostics { Diagnostics(of: Self.self) }

  private var builder: RecipientListBuilder {
    let bar = ProgressBar(isWanted: progress && !isVerbose, counting: "domains")
    var builder = RecipientListBuilder(server.layout)
    builder.leavesOutAliases = omitsAliases
    builder.keepsGoing = keepGoing
    builder.warn = diagnostics.warning
    if isVerbose { builder.note = diagnostics.note }
    if let depfile = depfile.map(server.file) {
      // Also for a list that is refused: whoever waits for a better one must know for what.
      builder.noteSources = { try DependencyFile.write($0, to: depfile) }
    }
    builder.progress = { bar.update(done: $0, of: $1) }
    return builder
  }

  private func show(explanationOf address: String) throws {
    var explainer = RecipientExplainer(server.layout, database: database.map(server.file))
    explainer.leavesOutAliases = omitsAliases
    guard let explanation = explainer.explain(Array(address.utf8)) else {
      throw ValidationError("--explain: expected USER@DOMAIN")
    }
    let output = StandardOutput()
    for line in explanation.lines { try output.write(line + "\n") }
    try output.finish()
  }
}
