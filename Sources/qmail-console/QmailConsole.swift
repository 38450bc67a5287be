internal import ArgumentParser
internal import Console
internal import Glibc
internal import SystemPackage
internal import SystemSupport
internal import ToolSupport
internal import Updating

/// The full-screen console: what is active, what is not, and the keys to act.
@main struct QmailConsole: Tool {
  static let configuration = CommandConfiguration(
    tool: "qmail-console", abstract: "Show what is active on a mail server, live, and act on it.",
    discussion: """
      Shows every file that is built from others, whether it is stale and why, the services and \
      their logs. ? lists the keys. Without a terminal it prints the picture of the moment, as \
      --once does.
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup var times: TimeOptions
  @Flag(help: "Only show: no key changes anything.") var readOnly = false
  @Flag(help: "Start locked, and lock again after five minutes without a key; L unlocks.")
  var locked = false
  @Flag(help: "Draw with ASCII alone.") var ascii = false
  @Flag(help: "Print the screen once as plain text.") var once = false
  @Flag(help: "Print the state of all rules and services as JSON.") var json = false
  @Flag(help: "Print a line for each thing that changes, as it changes.") var lines = false

  @Option(help: ArgumentHelp("Colours for a background: dark or light.", valueName: "theme"))
  var theme: String?

  @Option(
    help: ArgumentHelp("Take the keys from a script, for tests.", valueName: "file"),
    transform: PathArgument.ofHost)
  var keys: FilePath?

  static func main() { runAsTool() }

  func validate() throws {
    if [once, json, lines].count(where: \.self) > 1 {
      throw ValidationError("--once, --json and --lines exclude each other")
    }
    if let theme, theme != "dark", theme != "light" {
      throw ValidationError("--theme: expected dark or light")
    }
  }

  func run() throws {
    let file = SettingsSource(source.config, root: source.root)
    let settings = try file.load()
    if json { return try ConsoleReport.print(settings, from: file) }
    let session = ConsoleSession(
      settings, from: file, zone: times.zone, isASCII: ascii || !Locale.isUTF8,
      isReadOnly: readOnly,
      locksItself: locked, theme: theme)
    if let keys { return try session.follow(keys) }
    if once { return try session.printOnce() }
    if lines { return try session.printLines() }
    if let obstacle = Terminal.obstacle {
      Diagnostics(of: Self.self).note("\(obstacle): this is the picture of the moment")
      try session.printOnce()
      throw ToolFailure(.failed)
    }
    try session.run()
  }
}
