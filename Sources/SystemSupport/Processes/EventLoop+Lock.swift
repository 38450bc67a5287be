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
  ///   - waiting: Called when somebody else holds the lock, with the holder: at once, or a little
  ///     later if it does not tell yet.
  ///   - completion: Called when the lock is held; or with an error when it cannot be.
  /// - Returns: The waiting child, to give up; nil when there is no need to wait.
  @discardableResult
  package func acquire(
    _ lock: FileLock, as program: String, isBrief: Bool = false,
    waiting: @escaping (FileLock.Holder) -> Void = { _ in },
    _ completion: @escaping (SystemError?) -> Void
  ) -> ChildProcess? {
    do {
      if try lock.acquireIfFree(as: program, isBrief: isBrief) {
        completion(nil)
        return nil
      }
      let look = HolderLook(at: lock, on: self, waiting)
      look.start()
      return try fork(timeout: .seconds(86_400), keeping: lock.descriptor.raw) {
        try check("lock") { flock(3, LOCK_EX) }
        return []
      } _: { outcome in
        look.stop()
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

/// Looks for who holds a lock until the holder tells: one that has it for a moment only never does.
///
/// Of one that has not told for most of a second the kernel is asked.
private final class HolderLook {
  private let lock: FileLock
  private let loop: EventLoop
  private let tell: (FileLock.Holder) -> Void
  private var pause = Duration.milliseconds(20)
  private var token: EventLoop.Token?

  init(at lock: FileLock, on loop: EventLoop, _ tell: @escaping (FileLock.Holder) -> Void) {
    self.lock = lock
    self.loop = loop
    self.tell = tell
  }

  /// Looks now, and a few times more.
  func start() {
    token = nil
    if let holder = lock.toldHolder { return tell(holder) }
    if pause > .seconds(1) { return tell(lock.holder ?? .unknown) }
    token = loop.schedule(after: pause) { [self] in start() }
    pause *= 3
  }

  func stop() { loop.cancel(token) }
}
