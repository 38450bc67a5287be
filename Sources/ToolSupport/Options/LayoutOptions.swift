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

  /// Where a file lies that was named on the command line, for this machine.
  ///
  /// With `--root` an absolute path is the tree's, as every other path is. It is this machine's when
  /// it leads into the tree already, or to a directory that the tree does not have: so a list can be
  /// written outside of the tree that it was made from. A relative path is always this machine's.
  package func file(_ path: FilePath) -> FilePath {
    let root = layout.root
    guard !root.isHost, path.isAbsolute, !path.starts(with: root.directory) else { return path }
    let inTree = root(path)
    let directory = try? FileStatus.of(inTree.removingLastComponent())
    return directory?.kind == .directory ? inTree : path
  }
}
