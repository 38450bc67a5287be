import ArgumentParser
import SystemPackage
import SystemSupport
import ToolSupport
import Updating

/// One pass from the command line or from cron, and looks at the state.
@main struct UpdateQmail: Tool {
  static let configuration = CommandConfiguration(
    commandName: "update-qmail",
    abstract: "Makes one pass: rebuilds what is stale, in order, and says what was done.",
    discussion: """
      When it returns, every change made before it was started has been looked at. Exit status: 0 \
      all is well, 1 something failed or is held, 2 bad usage or configuration, 111 it cannot work.
      """,
    version: ToolVersion.current)

  @OptionGroup var settings: ConfigurationOptions
  @OptionGroup var times: TimeOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Run these rules whether or not they are stale or held.", valueName: "rule"))
  var force: [String] = []

  @Option(
    help: ArgumentHelp(
      "Put the previous product of a rule back, and hold the rule.", valueName: "rule"))
  var rollback: String?

  @Flag(help: "Do nothing; say what would be done, and why.") var dryRun = false
  @Flag(help: "Do nothing; show the state of every rule.") var status = false
  @Flag(help: "Do nothing; write the state of every rule as JSON.") var json = false

  static func main() { runAsTool() }

  func validate() throws {
    let looks = [dryRun, status, json].filter(\.self).count
    if looks > 1 { throw ValidationError("--dry-run, --status and --json exclude each other") }
    if rollback != nil, looks > 0 || !force.isEmpty {
      throw ValidationError("--rollback goes with no other action")
    }
    if !force.isEmpty, status || json {
      throw ValidationError("--force does not go with --status or --json")
    }
  }

  func run() throws {
    let settings = try SettingsFile.load(settings.config, root: settings.root)
    let command = CommandLinePass(settings, zone: times.zone)
    let ending =
      if status {
        try command.showStatus()
      } else if json {
        try command.showJSON()
      } else if dryRun {
        try command.showPlan(forcing: force)
      } else if let rollback {
        try command.rollBack(rollback)
      } else {
        try command.makePass(forcing: force)
      }
    if case .trouble = ending { throw ToolFailure(.failed) }
  }
}
