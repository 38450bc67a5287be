internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// An open file of a log.
struct LogFile {
  let descriptor: OwnedDescriptor
  let identity: FileIdentity
  /// The name under which it was opened; `current` and `previous` do not last.
  let name: String

  /// Opens a file of a log directory; nil when it is not there.
  ///
  /// multilog makes regular files: a link or a device in their place is not followed.
  static func open(_ name: String, in directory: FilePath) throws(SystemError) -> LogFile? {
    let path = directory.appending(name)
    do throws(SystemError) {
      let descriptor = try OwnedDescriptor(
        opening: path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
      let status = try FileStatus.of(descriptor, subject: path.visible)
      guard status.kind == .regular else { throw SystemError("read", path, .invalidArgument) }
      return LogFile(
        descriptor: descriptor,
        identity: try FileIdentity.of(descriptor, subject: path.visible), name: name)
    } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }

  /// Whether this is the file of a status; while it is open, no other has its number.
  func isSame(device: UInt64, inode: UInt64) -> Bool {
    identity.device == device && identity.inode == inode
  }

  /// Its length now.
  var size: Int64 {
    get throws(SystemError) { try FileStatus.of(descriptor, subject: name).size }
  }

  /// Whether it has no name any more: multilog deleted it, or its processor's work took its place.
  var isGone: Bool {
    get throws(SystemError) { try FileStatus.of(descriptor, subject: name).links == 0 }
  }

  func position(_ offset: Int64) -> LogPosition {
    LogPosition(in: identity, offset: offset)
  }

  /// Whether it carries the lasting name of a finished file: `@STAMP.s` or `@STAMP.u`.
  var isOld: Bool { LogFiles.isOld(name) }

  /// Whether it may be what a processor made of another file.
  var isProcessed: Bool { LogFiles.isProcessed(name) }

  /// Whether multilog died while it wrote this file: its last line may have no end.
  var isUnsafe: Bool { name.hasSuffix(".u") }
}
