internal import CLinux
internal import Glibc
package import SystemPackage

/// What the kernel says of a file: its identity, its stamps, its owner and its kind.
package struct FileStatus: Equatable, Sendable {
  /// The kind of a file, as far as we tell kinds apart.
  package enum Kind: Sendable { case regular, directory, link, fifo, other }

  package let device: UInt64
  package let inode: UInt64
  /// The size in bytes.
  package let size: Int64
  /// When the contents last changed.
  package let modified: Timestamp
  /// When the contents, the name, the owner or the mode last changed.
  package let changed: Timestamp
  package let owner: UInt32
  package let group: UInt32
  /// The permission bits, with set-id and sticky bits.
  package let mode: UInt32
  package let kind: Kind
  /// How many names the file has.
  package let links: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Timestamp(
      seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
    changed = Timestamp(
      seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
    owner = status.st_uid
    group = status.st_gid
    mode = status.st_mode & 0o7777
    links = UInt64(status.st_nlink)
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .link
      case S_IFIFO: .fifo
      default: .other
      }
  }

  /// The status of a path, or nil when nothing is there.
  ///
  /// - Parameters:
  ///   - path: The file to look at.
  ///   - followingLinks: Whether a symbolic link stands for what it points to.
  /// - Returns: The status, or nil.
  /// - Throws: `SystemError` when the file may be there but cannot be looked at.
  package static func of(
    _ path: FilePath, followingLinks: Bool = true
  ) throws(SystemError) -> FileStatus? {
    var status = stat()
    let result = unsafe path.withPlatformString {
      unsafe fstatat(AT_FDCWD, $0, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
    }
    if result == 0 { return FileStatus(status) }
    let reason = Errno.latest
    if reason == .noSuchFileOrDirectory || reason == .notDirectory { return nil }
    throw SystemError("stat", path, reason)
  }

  /// The status of an open file.
  ///
  /// - Throws: `SystemError` when the kernel cannot tell.
  package static func of(
    _ descriptor: OwnedDescriptor, subject: @autoclosure () -> String = ""
  ) throws(SystemError) -> FileStatus {
    var status = stat()
    try check("stat", subject()) { unsafe fstat(descriptor.raw, &status) }
    return FileStatus(status)
  }
}
