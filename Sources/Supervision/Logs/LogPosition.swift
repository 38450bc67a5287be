package import SystemPackage
package import SystemSupport

/// A place in a log: a byte of one file, which rotation renames but does not change.
package struct LogPosition: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64
  /// Bytes before the place.
  package let offset: Int64

  package init(device: UInt64, inode: UInt64, offset: Int64) {
    self.device = device
    self.inode = inode
    self.offset = offset
  }

  /// The end of a log as it is now: two system calls.
  ///
  /// - Returns: The end of `current`; nil when there is none, so that all that comes is new.
  /// - Throws: `SystemError` when `current` is there and cannot be looked at.
  package static func end(of directory: FilePath) throws(SystemError) -> LogPosition? {
    guard let status = try FileStatus.of(directory.appending("current"), followingLinks: false)
    else { return nil }
    return LogPosition(device: status.device, inode: status.inode, offset: status.size)
  }
}
