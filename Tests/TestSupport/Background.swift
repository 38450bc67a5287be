internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// A program that runs beside a test, at most a minute.
package final class Background {
  private let loop = EventLoop()
  private var child: ChildProcess?
  private let ending = Ending()

  /// Whether it is over; apart from the object, which may be going when it is.
  private final class Ending {
    var isOver = false
  }

  /// Starts a program; one that cannot be started has ended.
  package init(_ words: [String]) {
    child = try? loop.run(Command(words), timeout: .seconds(60)) { [loop, ending] _ in
      ending.isOver = true
      loop.stop()
    }
    ending.isOver = child == nil
  }

  deinit { stop() }

  /// The process; 0 when it could not be started.
  package var pid: Int32 { child?.pid ?? 0 }

  /// Waits for its end.
  package func wait() {
    if !ending.isOver { try? loop.run() }
  }

  /// Kills it with all that it has started.
  package func stop() {
    guard let child, !ending.isOver else { return }
    kill(-child.pid, SIGKILL)
    wait()
  }
}

/// Waits until something holds, at most 30 seconds.
///
/// - Throws: `SystemError` when it does not.
package func wait(until holds: () throws -> Bool) throws {
  let deadline = Instant.now + .seconds(30)
  while try !holds() {
    guard Instant.now < deadline else { throw SystemError("wait", "", .timedOut) }
    usleep(5_000)
  }
}
