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

  @Flag(name: .customShort("n"), help: "Leave out the users of the system.")
  var omitsSystemUsers = false

  @Option(
    help: ArgumentHelp(
      "Say whether somebody may log in, and why, by the files and by the .cdb in use.",
      valueName: "login"))
  var explain: String?

  @OptionGroup var list: ListOptions

  static func main() { runAsTool() }

  func run() throws {
    CoreDump.forbid()
    let layout = list.server.layout
    var reader = LoginReader(layout, options: options, observer: observer)
    if let explain {
      let inUse = list.database ?? layout.logins
      return try StandardOutput.show(
        reader.explain(ArgumentBytes.of(explain), database: inUse).lines)
    }
    let logins = Result { try reader.readAll() }
    // Also for a list that is refused: whoever waits for a better one must know for what.
    if let depfile = list.depfile { try DependencyFile.write(reader.sources, to: depfile) }
    try list.database.map { try update($0, with: logins.get()) } ?? show(logins.get())
  }
}

extension MakeAuth {
  private var options: LoginReader.Options {
    var options = LoginReader.Options()
    options.includesSystemUsers = !omitsSystemUsers
    options.skipsBrokenDomains = list.keepGoing
    return options
  }

  private var observer: LoginReader.Observer {
    let diagnostics = Diagnostics(of: Self.self)
    let bar = list.makeProgressBar()
    var observer = LoginReader.Observer()
    observer.warn = diagnostics.warning
    if list.isVerbose { observer.note = diagnostics.note }
    observer.progress = { bar.update(done: $0, of: $1) }
    return observer
  }

  private func show(_ logins: LoginList) throws {
    let output = StandardOutput()
    let isShown = StandardStreams.isOutputTerminal
    var line: [UInt8] = []
    try unsafe logins.forEach { login, value in
      line.removeAll(keepingCapacity: true)
      unsafe CDBMakeInput.append(key: login, value: value, shown: isShown, to: &line)
      try output.write(line)
    }
    try output.write(CDBMakeInput.end)
    try output.finish()
  }

  private func update(_ path: FilePath, with logins: LoginList) throws {
    let update = try DatabaseUpdate(logins: path, of: list.server.layout, warn: observer.warn)
    let outcome = try update.run(logins)
    observer.note?("\(path.visible): \(outcome)")
  }
}
