internal import ArgumentParser
internal import Recipients
internal import SystemPackage
internal import SystemSupport
internal import ToolSupport

/// `mkauth`: builds the .cdb that qmail-smtpd checks logins against.
@main struct MakeAuth: Tool {
  static let configuration = CommandConfiguration(
    tool: "mkauth", abstract: "List everybody who may log in to qmail-smtpd, with password hashes.",
    discussion: """
      The users of the system come from etc/shadow, and each of vpopmail's mailboxes is a login in \
      its domain and in the alias domains of it. Who is locked, has no password or a shell that \
      lets nobody in, or is forbidden SMTP or relaying, is left out. control/auth.vars adds \
      variables: LOGIN NAME="value"...

      Without -c the list goes to standard output, as input for cdbmake.
      """)

  @Option(
    name: .customShort("c", allowingJoined: true),
    help: ArgumentHelp(
      "Write the .cdb file, if its records differ. A new one is for root and qmail-smtpd's group.",
      valueName: "file"),
    transform: PathArgument.asGiven)
  var database: FilePath?

  @Flag(name: .customShort("m"), help: "Print input for cdbmake, as without options.")
  var printsRecords = false

  @Flag(name: .customShort("n"), help: "Leave out the users of the system.")
  var omitsSystemUsers = false

  @Flag(name: .customShort("v"), help: "Say on standard error what is decided; never a hash.")
  var isVerbose = false

  @Flag(help: "Leave out a domain that cannot be read, with a warning, instead of giving up.")
  var keepGoing = false

  @Flag(help: "Show how far the work is, on a terminal.")
  var progress = false

  @Option(
    help: ArgumentHelp(
      "Say whether somebody may log in, and why, by the files and by the .cdb in use.",
      valueName: "login"))
  var explain: String?

  @Option(
    help: ArgumentHelp("List the files that were read, one a line.", valueName: "file"),
    transform: PathArgument.asGiven)
  var depfile: FilePath?

  @OptionGroup var server: LayoutOptions

  static func main() { runAsTool() }

  func validate() throws {
    if printsRecords, database != nil { throw ValidationError("-c and -m exclude each other") }
  }

  func run() throws {
    CoreDump.forbid()
    var reader = LoginReader(server.layout, options: options, observer: observer)
    if let explain {
      try show(
        reader.explain(
          Array(explain.utf8), database: database.map(server.file) ?? server.layout.logins))
      return
    }
    let logins = Result { try reader.readAll() }
    // Also for a list that is refused: whoever waits for a better one must know for what.
    if let depfile { try DependencyFile.write(reader.sources, to: server.file(depfile)) }
    try database.map { try update(server.file($0), with: logins.get()) } ?? show(logins.get())
  }
}

extension MakeAuth {
  private var options: LoginReader.Options {
    var options = LoginReader.Options()
    options.includesSystemUsers = !omitsSystemUsers
    options.skipsBrokenDomains = keepGoing
    return options
  }

  private var observer: LoginReader.Observer {
    let diagnostics = Diagnostics(of: Self.self)
    let bar = ProgressBar(isWanted: progress && !isVerbose, counting: "domains")
    var observer = LoginReader.Observer()
    observer.warn = diagnostics.warning
    if isVerbose { observer.note = diagnostics.note }
    observer.progress = { bar.update(done: $0, of: $1) }
    return observer
  }

  private func show(_ explanation: LoginExplanation) throws {
    let output = StandardOutput()
    for line in explanation.lines { try output.write(line + "\n") }
    try output.finish()
  }

  private func show(_ logins: LoginList) throws {
    let output = StandardOutput()
    var line: [UInt8] = []
    try unsafe logins.forEach { login, value in
      line.removeAll(keepingCapacity: true)
      unsafe CDBMakeInput.append(key: login, value: value, to: &line)
      try output.write(line)
    }
    try output.write(CDBMakeInput.end)
    try output.finish()
  }

  private func update(_ path: FilePath, with logins: LoginList) throws {
    let update = try DatabaseUpdate(logins: path, of: server.layout, warn: observer.warn)
    let outcome = try update.run(logins)
    observer.note?("\(path.visible): \(outcome)")
  }
}
