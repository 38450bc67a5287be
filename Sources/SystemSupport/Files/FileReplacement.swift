internal import CLinux
internal import Glibc
package import SystemPackage

/// A new version of a file, written beside it under a unique name and swapped in whole.
///
/// Readers see the old file or the new one, never a part. The temporary file is private (0600)
/// while it is written; owner and mode are set before the swap: those of the file that it replaces,
/// or `mode` and our own. It is removed when the replacement is dropped without `commit`.
package final class FileReplacement {
  /// The file that will be replaced.
  package let path: FilePath
  /// The open temporary file.
  package let descriptor: OwnedDescriptor
  /// Where the temporary file lies until the swap.
  package var temporaryPath: FilePath { path.removingLastComponent().appending(temporaryName) }

  private let directory: OwnedDescriptor
  private let temporaryName: FilePath.Component
  private let name: FilePath.Component
  private let newMode: mode_t
  private var isCommitted = false

  /// Creates the temporary file `.NAME.RANDOM.tmp` in the directory of the path.
  ///
  /// - Parameters:
  ///   - path: The file to replace; it need not exist.
  ///   - mode: The permissions when there is no old file to take them from.
  /// - Throws: `SystemError` when the directory cannot be opened or written to.
  package init(replacing path: FilePath, mode: UInt32 = 0o644) throws(SystemError) {
    guard let name = path.lastComponent else {
      throw SystemError("replace", path, .invalidArgument)
    }
    self.path = path
    self.name = name
    newMode = mode
    directory = try OwnedDescriptor(
      opening: path.parent, flags: O_RDONLY | O_DIRECTORY)
    while true {
      guard let candidate = path.temporarySibling.lastComponent else {
        throw SystemError("replace", path, .invalidArgument)
      }
      do {
        descriptor = try OwnedDescriptor(
          opening: FilePath(root: nil, [candidate]), in: directory,
          flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        temporaryName = candidate
        return
      } catch {
        guard error.errno == .fileExists else {
          throw SystemError("create a temporary file for", path, error.errno)
        }
      }
    }
  }

  deinit {
    if !isCommitted { unlink(temporaryName) }
  }

  /// Swaps the new file in.
  ///
  /// - Parameter durably: Whether file and directory are brought to the disk first, so that the
  ///   swap survives a power cut.
  /// - Throws: `SystemError`; the old file is then still in place.
  package func commit(durably: Bool = true) throws(SystemError) {
    try adoptOwnerAndMode()
    if durably { try descriptor.synchronize(subject: path.visible) }
    try check("rename to", path.visible) {
      rename(temporaryName, to: name)
    }
    isCommitted = true
    if durably { try directory.synchronize(subject: path.visible) }
  }

  /// Gives the temporary file the owner and the mode that the finished file shall have.
  ///
  /// - Throws: `SystemError` when the owner cannot be kept.
  package func adoptOwnerAndMode() throws(SystemError) {
    guard let old = try FileStatus.of(path, followingLinks: false), old.kind == .regular else {
      try check("chmod", path.visible) { fchmod(descriptor.raw, newMode) }
      return
    }
    let own = try FileStatus.of(descriptor)
    if own.owner != old.owner || own.group != old.group {
      try check("chown", path.visible) { fchown(descriptor.raw, old.owner, old.group) }
    }
    try check("chmod", path.visible) { fchmod(descriptor.raw, mode_t(old.mode)) }
  }

  private func rename(_ from: FilePath.Component, to: FilePath.Component) -> CInt {
    unsafe from.withPlatformString { old in
      unsafe to.withPlatformString { new in
        unsafe linux_rename(directory.raw, old, directory.raw, new, 0)
      }
    }
  }

  private func unlink(_ name: FilePath.Component) {
    _ = unsafe name.withPlatformString { unsafe unlinkat(directory.raw, $0, 0) }
  }
}

extension FileReplacement {
  /// Removes the temporary files of earlier replacements of a file that were killed.
  ///
  /// Only those that are our own and have not been written to for an hour: others may be at work.
  /// What cannot be looked at or removed stays; it harms nobody.
  package static func removeAbandoned(of path: FilePath) {
    guard let name = path.lastComponent else { return }
    let directory = path.parent
    let limit = Timestamp.now.seconds - 3600
    let prefix = ".\(name.string)."
    for other in (try? FileReading.names(in: directory)) ?? []
    where other.string.hasPrefix(prefix) && other.string.hasSuffix(".tmp") {
      let word = other.string.dropFirst(prefix.count).dropLast(4)
      let leftover = directory.appending(other)
      guard RandomWord.isOne(word),
        let status = try? FileStatus.of(leftover, followingLinks: false),
        status.kind == .regular, status.owner == geteuid(), status.modified.seconds < limit
      else { continue }
      try? FileOperations.remove(leftover)
    }
  }

  /// Replaces a file by these bytes in one step.
  ///
  /// - Throws: `SystemError`; the old file is then still in place.
  package static func write(
    _ bytes: [UInt8], to path: FilePath, mode: UInt32 = 0o644, durably: Bool = true
  ) throws(SystemError) {
    let replacement = try FileReplacement(replacing: path, mode: mode)
    try replacement.descriptor.write(bytes, subject: path.visible)
    try replacement.commit(durably: durably)
  }
}
