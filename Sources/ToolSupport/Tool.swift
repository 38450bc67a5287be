package import ArgumentParser
internal import Glibc

/// A command of this package: one manner for arguments, errors and exit codes.
///
/// Each executable adds the line `static func main() { runAsTool() }` to its type. It cannot stand
/// in an extension of this protocol: `@main` silently prefers the parser's own `main()`, with other
/// exit codes.
package protocol Tool: ParsableCommand {}

extension Tool {
  /// Parses the arguments, runs the command, says what went wrong, and exits.
  ///
  /// A broken pipe is an error like any other, told and with exit code 111: SIGPIPE is ignored.
  package static func runAsTool() -> Never {
    StandardStreams.prepare()
    var ending = ending(of: nil)
    do {
      let output = StandardOutput()
      try output.write(ending.output)
      try output.finish()
    } catch {
      ending = ToolEnding(thrown: error, by: self)
    }
    for line in ending.errorLines { Diagnostics.write(line) }
    Glibc.exit(ending.code)
  }

  /// How the command ends with these arguments; nil takes the process's own.
  package static func ending(of arguments: [String]?) -> ToolEnding {
    var command: any ParsableCommand
    // Swift's runtime takes them from there, and gives none where it cannot: a dry run would act.
    if arguments == nil, CommandLine.argc == 0 {
      let message = "the arguments cannot be read: /proc is not mounted"
      return ToolEnding(thrown: ToolFailure(.cannotWork, message), by: self)
    }
    do {
      command = try parseAsRoot(arguments)
    } catch {
      return ToolEnding(unparsable: error, by: self)
    }
    do {
      try command.run()
      return ToolEnding(code: ToolFailure.success)
    } catch {
      return ToolEnding(thrown: error, by: self)
    }
  }

  /// The name that stands before each line of the tool on standard error.
  package static var toolName: String { configuration.commandName ?? _commandName }
}
