internal import CLinux
internal import Glibc
package import SystemPackage

/// A new file that gets a name when it is finished.
///
/// Until then nobody finds it, and it is gone when its writer is killed. On a file system that cannot
/// do that, such as NFS, the file has its name from the beginning.
package final class UnnamedFile {
  /// The open file, to write and to read.
  package let descriptor: OwnedDescriptor
  /// Whether the file has a name.
  package private(set) var isNamed: Bool

  /// - Parameters:
  ///   - path: The name that the file will be given first; it must be free.
  ///   - mode: The permissions, before the umask.
  /// - Throws: `SystemError` when the file cannot be created.
  package init(for path: FilePath, mode: UInt32 = 0o644) throws(SystemError) {
    do {
      descriptor = try OwnedDescriptor(
        opening: path.parent, flags: O_RDWR | CInt(linux_unnamed), mode: mode)
      isNamed = false
    } catch {
      guard Self.isUnsupported(error.errno) else { throw error }
      descriptor = try FileOperations.create(path, mode: mode)
      isNamed = true
    }
  }

  /// What open(2) says where the file system or the kernel knows no files without a name.
  private static func isUnsupported(_ errno: Errno) -> Bool {
    [.notSupportedOnSocket, .isDirectory, .invalidArgument].contains(errno)
  }

  /// Gives the file its first name.
  ///
  /// - Throws: `SystemError`, with `fileExists` when the name is taken.
  package func name(_ path: FilePath) throws(SystemError) {
    try check("link", path.visible) {
      unsafe path.withPlatformString { unsafe linux_name_file(descriptor.raw, $0) }
    }
    isNamed = true
  }
}
