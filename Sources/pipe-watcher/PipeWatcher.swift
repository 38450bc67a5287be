import ArgumentParser
import SystemPackage
import SystemSupport
import ToolSupport
import Updating

/// The headless service: keeps every derived file of a qmail server active.
@main struct PipeWatcher: Tool {
  static let configuration = CommandConfiguration(
    commandName: "pipe-watcher",
    abstract: "Rebuilds what is stale and reloads what must know, at every poke and every change.",
    discussion: """
      Runs in the foreground, under daemontools. Wakes up for writes to and touches of its trigger \
      pipe, for changes of the files that rules depend on, and for signals: HUP reads the settings \
      again, ALRM makes a pass, TERM ends. Writes one line a fact to standard output.
      """,
    version: ToolVersion.current)

  @OptionGroup var settings: ConfigurationOptions
  @Flag(help: "Also log the passes that find nothing to do.") var verbose = false

  static func main() { runAsTool() }

  func run() throws {
    ProcessManners.prepareService()
    let loop = EventLoop()
    let output = LineCollector(on: loop)
    let service = try UpdateService(
      program: "pipe-watcher", on: loop, journal: Journal(output.write), isVerbose: verbose
    ) { [settings] in
      try SettingsFile.load(settings.config, root: settings.root)
    }
    defer { output.flush() }
    try service.start()
    try loop.run()
  }
}
