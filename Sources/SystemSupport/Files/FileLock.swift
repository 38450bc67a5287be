internal import CLinux
internal import Glibc
package import SystemPackage

/// A lock between processes, held on a file that tells who holds it.
///
/// The lock is flock(2)'s: it goes when its holder dies, however it dies. The file is private, so
/// that nobody else can hold us up by locking it.
package final class FileLock {
  /// Who holds a lock.
  package struct Holder: Equatable, Sendable, CustomStringConvertible {
    package let pid: Int32
    package let program: String
    package let since: Timestamp

    package init(pid: Int32, program: String, since: Timestamp) {
      self.pid = pid
      self.program = program
      self.since = since
    }

    package var description: String {
      "\(program) (pid \(pid)), since \(since.brief(relativeTo: .now))"
    }
  }

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
  package var isFree: Bool {
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
    isHeld = true
    isInherited = ((try? FileStatus.of(descriptor))?.size ?? 0) > 0
    if !isBrief || isInherited { tellHolder(program) }
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

  /// Who holds the lock, as far as the file tells; nil when it does not say.
  package var holder: Holder? {
    guard let bytes = try? descriptor.read(upTo: 512, at: 0) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 3, let pid = Int32(words[0]), let since = Int64(words[2]) else {
      return nil
    }
    return Holder(
      pid: pid, program: VisibleText.escape(String(words[1])),
      since: Timestamp(nanoseconds: since))
  }

  /// Takes note that a child has taken the lock for us.
  func noteHeld(by program: String) {
    isHeld = true
    isInherited = ((try? FileStatus.of(descriptor))?.size ?? 0) > 0
    tellHolder(program)
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
