internal import Glibc
internal import SystemSupport

/// The descriptor on which the program that runs us wants to be told how far the work is.
///
/// A report is written at most five times a second, and left out while there is no room for it: the
/// work never waits. A run that is over in a quarter of a second writes none.
struct ProgressChannel {
  private let descriptor: CInt
  private var next: Instant

  /// Takes the descriptor that the environment names; nil when it names none that is a pipe.
  init?() {
    guard let value = unsafe getenv(Progress.variable) else { return nil }
    self.init(unsafe String(cString: value), at: .now)
  }

  /// Takes the descriptor of a number; nil when it is none, or no pipe.
  init?(_ number: String, at now: Instant) {
    guard let descriptor = CInt(number), descriptor > 2 else { return nil }
    var status = stat()
    let isPipe = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    guard isPipe else { return nil }
    self.descriptor = descriptor
    next = now + .milliseconds(250)
  }

  /// Reports, unless that was done just now.
  mutating func report(_ progress: Progress, at now: Instant) {
    guard now >= next else { return }
    next = now + .milliseconds(200)
    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&room, 1, 0) == 1, room.revents == Int16(POLLOUT) else { return }
    let line = Array((progress.line + "\n").utf8)
    // A pipe takes so few bytes whole, or it is not said to have room.
    _ = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  }
}
