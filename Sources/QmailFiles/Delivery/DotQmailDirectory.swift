internal import Glibc
package import SystemPackage
package import SystemSupport

/// The `.qmail` files of a home directory.
///
/// A domain of vpopmail has a subdirectory for each mailbox beside them, so that names of another
/// kind are passed over before anything is made of them.
package enum DotQmailDirectory {
  /// The names that start with `.qmail`, in the order of their bytes.
  ///
  /// - Throws: `SystemError` when the directory cannot be read.
  package static func names(in directory: FilePath) throws(SystemError) -> [[UInt8]] {
    try names(in: FileReading.openDirectory(directory), at: directory)
  }

  /// The names in a directory that was opened just now; its path is for the error.
  ///
  /// - Throws: `SystemError` when the directory cannot be read.
  package static func names(
    in directory: OwnedDescriptor, at path: FilePath
  ) throws(SystemError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    try unsafe directory.forEachName(subject: path) { name in
      guard unsafe strncmp(name, ".qmail", 6) == 0 else { return }
      unsafe names.append([UInt8](UnsafeRawBufferPointer(start: name, count: strlen(name))))
    }
    return names.count < 2 ? names : names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
