package import ArgumentParser
package import SystemPackage

/// What the makers of lists have in common: where the list goes, and how much is told on the way.
package struct ListOptions: ParsableArguments {
  @Option(
    name: .customShort("c", allowingJoined: true),
    help: ArgumentHelp(
      "Write the .cdb file, if its records differ. Owner and mode of an old one are kept.",
      valueName: "file"),
    transform: PathArgument.asGiven)
  private var databasePath: FilePath?

  @Flag(name: .customShort("m"), help: "Print input for cdbmake.")
  package var printsRecords = false

  @Flag(name: .customShort("v"), help: "Say on standard error what is decided; never a hash.")
  package var isVerbose = false

  @Flag(help: "Leave out a domain that cannot be listed, with a warning, instead of giving up.")
  package var keepGoing = false

  @Flag(help: "Show how far the work is, on a terminal.")
  package var progress = false

  @Option(
    name: .customLong("depfile"),
    help: ArgumentHelp(
      "Write the paths of all files and directories that were read, one a line.",
      valueName: "file"),
    transform: PathArgument.asGiven)
  private var depfilePath: FilePath?

  @OptionGroup package var server: LayoutOptions

  package init() {}

  package func validate() throws {
    if printsRecords, databasePath != nil { throw ValidationError("-c and -m exclude each other") }
  }

  /// The .cdb to write, or to ask for an explanation, on this machine; nil when none is named.
  package var database: FilePath? { databasePath.map(server.file) }
  /// The list of what was read, on this machine; nil when none is wanted.
  package var depfile: FilePath? { depfilePath.map(server.file) }

  /// Makes a bar that tells how many domains are done, if it is wanted; lines of `-v` would cut it.
  package func makeProgressBar() -> ProgressBar {
    ProgressBar(isWanted: progress && !isVerbose, counting: "domains")
  }
}
