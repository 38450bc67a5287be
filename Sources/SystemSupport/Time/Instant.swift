internal import CLinux
internal import Glibc

/// A point on the kernel's monotonic clock, for deadlines and durations.
package struct Instant: Comparable, Hashable, Sendable {
  /// Nanoseconds since some fixed point before the system started.
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The present moment.
  package static var now: Instant {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds + duration.wholeNanoseconds)
  }

  package static func - (left: Instant, right: Instant) -> Duration {
    .nanoseconds(left.nanoseconds - right.nanoseconds)
  }
}

extension Duration {
  /// The length in nanoseconds; an absurdly long one is cut to 100 years.
  package var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let century: Int64 = 100 * 365 * 86_400
    return min(max(seconds, -century), century) * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// The length in seconds, for machine output and for messages.
  package var seconds: Double { Double(wholeNanoseconds) / 1e9 }
}
