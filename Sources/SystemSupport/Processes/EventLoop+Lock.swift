internal import Glibc
internal import SystemPackage

extension EventLoop {
  /// Takes a lock, waiting for its holder without ever blocking the loop.
  ///
  /// A forked child waits in flock(2) on the shared open file; the lock that it gets is ours too.
  ///
  /// - Parameters:
  ///   - lock: The lock to take.
  ///   - program: The name that others are told.
  ///   - isBrief: See `FileLock.acquireIfFree`.
  ///   - waiting: Called when somebody else holds the lock, with the holder if it is known: at once,
  ///     or a little later if it does not tell yet.
  ///   - completion: Called when the lock is held; or with an error when it cannot be.
  /// - Returns: The waiting child, to give up; nil when there is no need to wait.
  @discardableResult
  package func acquire(
    _ lock: FileLock, as program: String, isBrief: Bool = false,
    waiting: @escaping (FileLock.Holder?) -> Void = { _ in },
    _ completion: @escaping (SystemError?) -> Void
  ) -> ChildProcess? {
    do {
      if try lock.acquireIfFree(as: program, isBrief: isBrief) {
        completion(nil)
        return nil
      }
      // Who holds it only for a moment does not tell.
      var pending: Token?
      if let holder = lock.holder {
        waiting(holder)
      } else {
        pending = schedule(after: .milliseconds(20)) { waiting(lock.holder) }
      }
      return try fork(timeout: .seconds(86_400), keeping: lock.descriptor.raw) {
        try check("lock") { flock(3, LOCK_EX) }
        return []
      } _: { [self] outcome in
        cancel(pending)
        guard outcome.isSuccess else {
          completion(SystemError("lock", lock.path, .interrupted))
          return
        }
        lock.noteHeld(by: program)
        completion(nil)
      }
    } catch let error {
      completion(error)
      return nil
    }
  }
}
