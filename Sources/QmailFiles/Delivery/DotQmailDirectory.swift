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
    guard let stream = unsafe directory.withPlatformString({ unsafe opendir($0) }) else {
      throw SystemError("read directory", directory, .latest)
    }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = try unsafe next(of: stream, directory) {
      if let name = unsafe dotQmailName(of: entry) { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func next(
    of stream: OpaquePointer, _ directory: FilePath
  ) throws(SystemError) -> UnsafeMutablePointer<dirent>? {
    errno = 0
    if let entry = unsafe readdir(stream) { return unsafe entry }
    let reason = Errno.latest
    guard reason.rawValue == 0 else { throw SystemError("read directory", directory, reason) }
    return nil
  }

  private static func dotQmailName(of entry: UnsafeMutablePointer<dirent>) -> [UInt8]? {
    unsafe withUnsafeBytes(of: &entry.pointee.d_name) { field in
      guard let start = field.baseAddress, unsafe strncmp(start, ".qmail", 6) == 0 else {
        return nil
      }
      return unsafe [UInt8](field[..<strlen(start)])
    }
  }
}
