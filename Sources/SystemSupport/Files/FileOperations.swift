internal import CLinux
internal import Glibc
package import SystemPackage

/// Single steps on names in the file system.
package enum FileOperations {
  /// Creates a directory and the ones above it that are missing.
  ///
  /// - Throws: `SystemError` when one cannot be made, or something else lies in its place.
  package static func makeDirectory(_ path: FilePath, mode: UInt32 = 0o755) throws(SystemError) {
    if let status = try FileStatus.of(path) {
      guard status.kind == .directory else { throw SystemError("mkdir", path, .notDirectory) }
      return
    }
    let parent = path.removingLastComponent()
    if !parent.isEmpty, parent != path { try makeDirectory(parent, mode: mode) }
    do {
      try check("mkdir", path.visible) {
        unsafe path.withPlatformString { unsafe mkdir($0, mode_t(mode)) }
      }
    } catch {
      // Somebody else may have made it just now; a link that leads nowhere is there, too.
      let isThere = try FileStatus.of(path)?.kind == .directory
      guard error.errno == .fileExists, isThere else { throw error }
    }
  }

  /// Creates a file, to write and to read.
  ///
  /// - Parameters:
  ///   - path: Its name, which must be free.
  ///   - mode: Its permissions, before the umask.
  /// - Returns: The open file.
  /// - Throws: `SystemError` when something has the name or the file cannot be created.
  package static func create(
    _ path: FilePath, mode: UInt32 = 0o644
  ) throws(SystemError) -> OwnedDescriptor {
    try OwnedDescriptor(
      opening: path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
  }

  /// Removes a file's name if it is there.
  ///
  /// - Throws: `SystemError` when it is there and cannot be removed.
  package static func remove(_ path: FilePath) throws(SystemError) {
    do {
      try check("unlink", path.visible) { unsafe path.withPlatformString { unsafe unlink($0) } }
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
    }
  }

  /// Removes a directory and what is in it, as far as that can be done.
  ///
  /// Directories within are entered only where nobody but we can have put something else in their
  /// place meanwhile.
  package static func removeDirectory(_ path: FilePath) {
    let isOurs = (try? FileStatus.of(path, followingLinks: false))?.owner == geteuid()
    for name in (try? FileReading.names(in: path)) ?? [] {
      let entry = path.appending(name)
      if isOurs, (try? FileStatus.of(entry, followingLinks: false))?.kind == .directory {
        removeDirectory(entry)
      } else {
        try? remove(entry)
      }
    }
    removeEmptyDirectory(path)
  }

  /// Removes a directory if nothing is in it.
  package static func removeEmptyDirectory(_ path: FilePath) {
    _ = unsafe path.withPlatformString { unsafe rmdir($0) }
  }

  /// Renames a file, replacing what has the new name.
  ///
  /// - Throws: `SystemError`; both names are then as before.
  package static func rename(_ from: FilePath, to: FilePath) throws(SystemError) {
    try rename(from, to: to, flags: 0)
  }

  /// Renames a file to a name that must be free.
  ///
  /// A file system that cannot promise that, such as NFS, is asked just before.
  ///
  /// - Throws: `SystemError`, with `fileExists` when the name is taken; both names are then as
  ///   before.
  package static func rename(_ from: FilePath, toFree to: FilePath) throws(SystemError) {
    do {
      try rename(from, to: to, flags: UInt32(linux_rename_free))
    } catch {
      guard error.errno == .invalidArgument else { throw error }
      guard try FileStatus.of(to, followingLinks: false) == nil else {
        throw SystemError("rename", "\(from.visible) to \(to.visible)", .fileExists)
      }
      try rename(from, to: to)
    }
  }

  /// Lets two names swap their files in one step.
  ///
  /// - Throws: `SystemError`; both names are then as before.
  package static func exchange(_ first: FilePath, _ second: FilePath) throws(SystemError) {
    try rename(first, to: second, flags: UInt32(linux_rename_exchange))
  }

  /// Gives a file a second name; the new name must be free.
  ///
  /// - Throws: `SystemError` when the name is taken or lies on another file system.
  package static func link(_ existing: FilePath, as new: FilePath) throws(SystemError) {
    try check("link", new.visible) {
      unsafe existing.withPlatformString { old in
        unsafe new.withPlatformString { unsafe Glibc.link(old, $0) }
      }
    }
  }

  /// Makes a symbolic link that leads where another one leads; the new name must be free.
  ///
  /// - Throws: `SystemError` when the first is no link, or the name is taken.
  package static func copyLink(_ link: FilePath, to new: FilePath) throws(SystemError) {
    let target = try FileReading.target(of: link)
    try check("symlink", new.visible) {
      unsafe target.withPlatformString { target in
        unsafe new.withPlatformString { unsafe symlink(target, $0) }
      }
    }
  }

  /// Gives a regular file the owner and the mode that another status tells.
  ///
  /// - Parameters:
  ///   - wanted: Whose owner, group and mode the file shall have.
  ///   - path: The file; a symbolic link in its place is refused.
  ///   - now: What the file has now, so that nothing is done without need.
  /// - Throws: `SystemError` when they cannot be given.
  package static func adopt(
    owner wanted: FileStatus, of path: FilePath, now: FileStatus
  ) throws(SystemError) {
    let isOwned = now.owner == wanted.owner && now.group == wanted.group
    if isOwned, now.mode == wanted.mode { return }
    let file = try FileReading.open(path, followingLinks: false)
    if !isOwned {
      try check("chown", path.visible) { fchown(file.raw, wanted.owner, wanted.group) }
    }
    try check("chmod", path.visible) { fchmod(file.raw, mode_t(wanted.mode)) }
  }

  /// Gives a file another group.
  ///
  /// The owner stays. A symbolic link is not followed.
  ///
  /// - Throws: `SystemError` when we may not.
  package static func setGroup(of path: FilePath, to group: UInt32) throws(SystemError) {
    try check("change the group of", path.visible) {
      unsafe path.withPlatformString { unsafe lchown($0, uid_t.max, group) }
    }
  }

  /// Brings the names in a directory to the disk.
  ///
  /// - Throws: `SystemError` when the device fails.
  package static func synchronizeDirectory(_ path: FilePath) throws(SystemError) {
    try OwnedDescriptor(opening: path.isEmpty ? "." : path, flags: O_RDONLY | O_DIRECTORY)
      .synchronize(subject: path.visible)
  }

  private static func rename(
    _ from: FilePath, to: FilePath, flags: UInt32
  ) throws(SystemError) {
    try check("rename", "\(from.visible) to \(to.visible)") {
      unsafe from.withPlatformString { old in
        unsafe to.withPlatformString {
          unsafe linux_rename(AT_FDCWD, old, AT_FDCWD, $0, flags)
        }
      }
    }
  }
}
