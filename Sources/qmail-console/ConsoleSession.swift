internal import Console
internal import Glibc
internal import QmailFiles
internal import SystemPackage
internal import SystemSupport
internal import ToolSupport
internal import Updating

/// One start of the console: what it shows, for whom, and in which of its forms.
struct ConsoleSession {
  private let settings: Settings
  private let source: SettingsSource
  private let zone: Timestamp.Zone
  private let isASCII: Bool
  private let isReadOnly: Bool
  private let locksItself: Bool
  private let theme: String?

  init(
    _ settings: Settings, from source: SettingsSource, zone: Timestamp.Zone, isASCII: Bool,
    isReadOnly: Bool, locksItself: Bool,
    theme: String?
  ) {
    self.settings = settings
    self.source = source
    self.zone = zone
    self.isASCII = isASCII
    self.isReadOnly = isReadOnly
    self.locksItself = locksItself
    self.theme = theme
  }

  /// Whoever works on a tree of their own needs no right of root.
  private var access: Facts.Access {
    Facts.Access(
      isRoot: geteuid() == 0 || !settings.layout.root.isHost, isReadOnly: isReadOnly)
  }

  private func makeProgram(_ terminal: Terminal?, on loop: EventLoop) -> ConsoleProgram {
    var facts = Facts(host: "", settings: settings)
    facts.access = access
    var state = ConsoleState(facts: facts, size: Terminal.size, now: .now)
    state.zone = zone
    state.isLocked = locksItself
    state.locksItself = locksItself
    return ConsoleProgram(state: state, isASCII: isASCII, terminal: terminal, on: loop)
  }

  private func makeWorld(for program: ConsoleProgram, canAct: Bool = true) -> World {
    var access = access
    if !canAct { access.isReadOnly = true }
    return World(settings, from: source, access: access, on: program.loop) { [weak program] in
      program?.take($0)
    }
  }

  /// The full screen, until it is quit.
  func run() throws {
    let terminal = Terminal { colors in
      Theme(
        colors: colors,
        environment: { name in unsafe getenv(name).map { unsafe String(cString: $0) } },
        choice: theme)
    }
    guard terminal.open() else { throw ToolFailure(.failed, "unable to take over the terminal") }
    defer { terminal.close() }
    let program = makeProgram(terminal, on: EventLoop())
    try program.run(makeWorld(for: program))
    if program.exitCode > 128 {
      terminal.close()
      exit(program.exitCode)
    }
  }

  /// The keys come from a script, and nothing is drawn but what it dumps.
  func follow(_ script: FilePath) throws {
    let program = makeProgram(nil, on: EventLoop())
    let script = try KeyScript(script, for: program)
    program.afterEvents = { script.advance() }
    try program.run(makeWorld(for: program))
    if let failure = script.failure { throw ToolFailure(.failed, failure) }
  }

  /// The screen as plain text.
  func printOnce() throws {
    let loop = EventLoop()
    let program = makeProgram(nil, on: loop)
    let world = makeWorld(for: program)
    // The end of the log comes with the loop's next turns.
    program.afterEvents = {
      if !program.state.log.entries.isEmpty || program.state.log.trouble != nil { loop.stop() }
    }
    loop.schedule(after: .milliseconds(100)) { loop.stop() }
    try program.run(world, isLive: false)
    let output = StandardOutput()
    let text = program.wholeScreen.text
    try output.write(text)
    // What the picture has no room for.
    for line in FactLines.company(to: program.state) where !text.contains(line) {
      try output.write(line + "\n")
    }
    try output.finish()
  }

  /// A line for each thing that changes, until a signal ends it.
  func printLines() throws {
    let program = makeProgram(nil, on: EventLoop())
    let output = StandardOutput()
    var told: ConsoleState?
    var failure: SystemError?
    program.afterEvents = {
      let state = program.state
      let lines = FactLines.changes(from: told, to: state)
      told = state
      do throws(SystemError) {
        let time = state.now.formatted("%H:%M:%S", zone: zone)
        for line in lines { try output.write("\(time) \(line)\n") }
        try output.finish()
      } catch {
        failure = error
        program.end()
      }
    }
    // It has no keys: nobody need be told of it.
    try program.run(makeWorld(for: program, canAct: false))
    if let failure { throw failure }
  }
}
