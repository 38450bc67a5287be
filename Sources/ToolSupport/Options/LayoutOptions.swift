package import ArgumentParser
package import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Where the mail server's parts lie: `--root`, `--qmail`, `--vpopmail`.
package struct LayoutOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Put a directory before every absolute path that is read, written or found in a file.",
      valueName: "dir"),
    transform: PathArgument.ofHost)
  package var root: FilePath?

  @Option(
    help: ArgumentHelp("qmail's directory, within the root.", valueName: "dir"),
    transform: PathArgument.inTree)
  package var qmail: FilePath = "/var/qmail"

  @Option(
    help: ArgumentHelp(
      "vpopmail's directory, within the root. (default: the home of the user vpopmail)",
      valueName: "dir"),
    transform: PathArgument.inTree)
  package var vpopmail: FilePath?

  package init() {}

  /// The layout that the options describe.
  package var layout: ServerLayout {
    ServerLayout(root: root.map { Root($0) } ?? Root(), qmail: qmail, vpopmail: vpopmail)
  }
}
