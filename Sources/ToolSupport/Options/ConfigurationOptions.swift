package import ArgumentParser
package import SystemPackage
package import SystemSupport

/// Where the settings come from: the configuration file, and the root that stands before all paths.
package struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the settings from a file. (default: /etc/qmail-updater.toml, if it exists)",
      valueName: "file"),
    transform: PathArgument.ofHost)
  package var config: FilePath?

  @Option(
    name: .customLong("root"),
    help: ArgumentHelp(
      "Put a directory before every absolute path that is read, written or found in a file.",
      valueName: "dir"),
    transform: PathArgument.ofHost)
  private var rootDirectory: FilePath?

  package init() {}

  /// A tree that is not there would be an empty server, where all is well, and the service would
  /// make one.
  package func validate() throws {
    guard let rootDirectory else { return }
    guard (try? FileStatus.of(rootDirectory))?.kind == .directory else {
      throw ValidationError("--root \(rootDirectory.visible): there is no such directory")
    }
  }

  /// What stands before every path.
  package var root: Root { rootDirectory.map { Root($0) } ?? Root() }
}
