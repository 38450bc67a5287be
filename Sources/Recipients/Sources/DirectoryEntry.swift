internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// A file by its directory and its name: what thousands of domains have, put together into a path
/// only when somebody wants to see it.
package struct DirectoryEntry: Hashable, Sendable {
  let directory: FilePath
  /// The name, as it was found in the directory.
  let name: [UInt8]

  /// The path of this machine.
  var path: FilePath { directory.appending(bytes: name) ?? directory }
}
