internal import CLinux
internal import Glibc
package import SystemPackage

/// A lock between processes, held on a file that tells who holds it.
///
/// The lock is flock(2)'s: it goes when its holder dies, however it dies. The file is private, so
/// that nobody else can hold us up by locking it.
package final class FileLock {
  package let path: FilePath
  /// Whether the holder before us never gave the lock back: it was killed, whatever it was doing.
  package private(set) var isInherited = false
  /// Whether this object holds the lock now.
  package private(set) var isHeld = false
  /// Whether the file tells that this object holds the lock.
  private var isTold = false
  let descriptor: OwnedDescriptor

  /// Opens the lock's file, and creates it if it is missing, without locking it.
  ///
  /// - Throws: `SystemError` when the file cannot be opened.
  package init(_ path: FilePath) throws(SystemError) {
    self.path = path
    descriptor = try OwnedDescriptor(
      opening: path, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
  }

  /// Opens the lock's file only to see who holds the lock.
  ///
  /// - Throws: `SystemError` when there is no such file, or it may not be read.
  package init(existing path: FilePath) throws(SystemError) {
    self.path = path
    descriptor = try OwnedDescriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW)
  }

  /// Whether nobody holds the lock at this moment.
  ///
  /// The kernel is asked where its list tells, without a touch of the lock. Elsewhere the lock is
  /// taken for an instant, in which somebody else may find it held.
  package var isFree: Bool {
    if let file = try? FileStatus.of(descriptor), let isHeld = KernelLocks.isHeld(file) {
      return !isHeld
    }
    guard flock(descriptor.raw, LOCK_SH | LOCK_NB) == 0 else { return false }
    _ = flock(descriptor.raw, LOCK_UN)
    return true
  }

  /// Takes the lock if it is free.
  ///
  /// - Parameters:
  ///   - program: The name that others are told.
  ///   - isBrief: Whether others need not be told at once, since the lock may well be free again
  ///     before they have asked; `tellHolder` tells them when it lasts.
  /// - Returns: Whether the lock is now ours.
  /// - Throws: `SystemError` when the file system knows no locks.
  package func acquireIfFree(
    as program: String, isBrief: Bool = false
  ) throws(SystemError) -> Bool {
    do {
      try check("lock", path.visible) { flock(descriptor.raw, LOCK_EX | LOCK_NB) }
    } catch {
      if error.errno == .wouldBlock { return false }
      throw error
    }
    noteHeld(by: program, isBrief: isBrief)
    return true
  }

  /// Gives the lock back.
  package func release() {
    guard isHeld else { return }
    isHeld = false
    if isTold { _ = ftruncate(descriptor.raw, 0) }
    isTold = false
    _ = flock(descriptor.raw, LOCK_UN)
  }

  /// Takes note that the lock is ours; a child may have taken it for us.
  func noteHeld(by program: String, isBrief: Bool = false) {
    isHeld = true
    isInherited = ((try? FileStatus.of(descriptor))?.size ?? 0) > 0
    if !isBrief || isInherited { tellHolder(program) }
  }

  /// Writes into the file who holds the lock, unless it says so already.
  package func tellHolder(_ program: String) {
    guard isHeld, !isTold else { return }
    isTold = true
    let line = "\(getpid()) \(program) \(Timestamp.now.nanoseconds) "
    _ = ftruncate(descriptor.raw, 0)
    unsafe Array(line.utf8).withUnsafeBytes { unsafe try? descriptor.write($0, at: 0) }
  }
}
