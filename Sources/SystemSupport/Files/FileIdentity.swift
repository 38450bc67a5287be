internal import CLinux
internal import Glibc
package import SystemPackage

/// Which file a file is, also after it has gone.
///
/// A file system may give the number of a removed file to a new one at once, as ext4 does; the time
/// of birth tells the two apart.
package struct FileIdentity: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64
  /// When the file was made; nil where the file system does not keep that.
  package let birth: Timestamp?

  package init(device: UInt64, inode: UInt64, birth: Timestamp? = nil) {
    self.device = device
    self.inode = inode
    self.birth = birth
  }

  /// Whether this is the same file, as far as can be told.
  package func isSame(as other: FileIdentity) -> Bool {
    guard device == other.device, inode == other.inode else { return false }
    guard let birth, let otherBirth = other.birth else { return true }
    return birth == otherBirth
  }
}

extension FileIdentity {
  /// The identity and the size of what a path names, in one system call; nil when nothing is there.
  ///
  /// - Throws: `SystemError` when something may be there but cannot be looked at.
  package static func of(
    _ path: FilePath
  ) throws(SystemError) -> (identity: FileIdentity, size: Int64)? {
    var facts = linux_identity()
    let result = unsafe path.withPlatformString {
      unsafe linux_identify(AT_FDCWD, $0, AT_SYMLINK_NOFOLLOW, &facts)
    }
    if result == 0 { return (FileIdentity(facts), facts.size) }
    let reason = Errno.latest
    if reason == .noSuchFileOrDirectory || reason == .notDirectory { return nil }
    throw SystemError("stat", path, reason)
  }

  /// The identity of an open file.
  ///
  /// - Throws: `SystemError` when the kernel cannot tell.
  package static func of(
    _ descriptor: OwnedDescriptor, subject: String = ""
  ) throws(SystemError) -> FileIdentity {
    var facts = linux_identity()
    try check("stat", subject) { unsafe linux_identify_open(descriptor.raw, &facts) }
    return FileIdentity(facts)
  }

  private init(_ facts: linux_identity) {
    self.init(
      device: facts.device, inode: facts.inode,
      birth: facts.has_birth == 0
        ? nil
        : Timestamp(seconds: facts.birth_seconds, nanoseconds: facts.birth_nanoseconds))
  }
}
