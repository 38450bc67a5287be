package import SystemPackage
package import SystemSupport
package import Updating

/// Where the settings come from, so that they can be read again.
package struct SettingsSource: Sendable {
  private let given: FilePath?
  private let root: Root

  /// - Parameters:
  ///   - given: The file that was asked for; nil is the usual one, which need not be there.
  ///   - root: The root of the tree that is shown.
  package init(_ given: FilePath?, root: Root) {
    self.given = given
    self.root = root
  }

  /// The file whose change makes it worth reading again.
  package var path: FilePath { given ?? root(SettingsFile.defaultPath) }

  /// Reads the settings.
  ///
  /// - Throws: `SettingsError` with every problem that was found.
  package func load() throws(SettingsError) -> Settings {
    try SettingsFile.load(given, root: root)
  }
}
