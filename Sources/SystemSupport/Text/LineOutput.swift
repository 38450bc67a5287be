internal import CLinux
internal import Glibc

/// Standard output as a stream of lines that nobody waits for: each is one write.
///
/// For logs. When multilog is gone or stuck the line is lost, never the service: a write that would
/// wait is waited for at most a second.
package struct LineOutput: Sendable {
  package init() {}

  /// Writes one line, at once.
  package func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(1, $0.baseAddress?.advanced(by: done), $0.count - done)
      }
      if count > 0 {
        done += count
      } else if errno == EAGAIN {
        var waited = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&waited, 1, 1000) > 0 else { return }
      } else if errno != EINTR {
        return
      }
    }
  }
}
