package import SystemPackage

/// The directory that stands before every absolute path that is read, written or found in a file.
///
/// `--root DIR` makes one, as `useradd --root` and image builders do; without it the root is `/`
/// and changes nothing.
package struct Root: Hashable, Sendable {
  /// Where the tree lies on this machine.
  package let directory: FilePath

  package init(_ directory: FilePath = "/") { self.directory = directory.lexicallyNormalized() }

  /// Whether this is the machine's own root.
  package var isHost: Bool { directory == "/" }

  /// Where a path of the tree lies on this machine; `..` cannot lead out of the tree.
  package func callAsFunction(_ path: FilePath) -> FilePath {
    guard !isHost, path.isAbsolute else { return path }
    return directory.pushing(path.lexicallyNormalized().removingRoot())
  }

  /// The name that a path of this machine has within the tree, to show it or to store it.
  package func inside(_ path: FilePath) -> FilePath {
    guard !isHost, path.starts(with: directory) else { return path }
    return FilePath(root: "/", path.components.dropFirst(directory.components.count))
  }
}
