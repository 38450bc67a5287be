internal import CLinux
internal import Glibc

/// Standard output as a stream of lines that nobody waits for.
///
/// For logs. When multilog is gone or stuck the line is lost, never the service: a write that would
/// wait is waited for at most a second. The pipe itself may block, and stays so, since others have
/// it, too.
package struct LineOutput: Sendable {
  package init() {}

  /// Writes one line, at once.
  package func write(_ line: String) { write(Array((line + "\n").utf8)) }

  /// So much is written at once without waiting where poll(2) finds room in a pipe.
  private static let piece = Int(PIPE_BUF)

  fileprivate func write(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      var room = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
      guard unsafe poll(&room, 1, 1000) > 0 else { return }
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(
          1, $0.baseAddress?.advanced(by: done), min($0.count - done, Self.piece))
      }
      if count > 0 {
        done += count
      } else if errno != EAGAIN, errno != EINTR {
        return
      }
    }
  }
}

/// Lines for standard output that are written together whenever a loop is about to wait.
///
/// So a builder is started before the log is told why, and the lines of one moment are one write.
package final class LineCollector {
  private let output = LineOutput()
  private var bytes: [UInt8] = []

  /// The most bytes that wait.
  private static let limit = 1 << 14

  /// Collects for a loop, whose handler before each wait it becomes.
  package init(on loop: EventLoop) {
    loop.beforeEachWait { [self] in flush() }
  }

  /// Adds a line.
  package func write(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count > Self.limit { flush() }
  }

  /// Writes what has been added.
  package func flush() {
    guard !bytes.isEmpty else { return }
    output.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
