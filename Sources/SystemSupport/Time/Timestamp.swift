internal import CLinux
internal import Glibc

/// A moment of the calendar, to the nanosecond: a file's stamp, the time of a build.
package struct Timestamp: Comparable, Hashable, Sendable, Codable {
  /// Nanoseconds since 1970-01-01 00:00:00 UTC, without leap seconds, as the kernel counts.
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package init(seconds: Int64, nanoseconds: Int64) {
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let limit = seconds < 0 ? Int64.min : Int64.max
    let (sum, overflowed) = scaled.addingReportingOverflow(nanoseconds)
    self.nanoseconds = overflow || overflowed ? limit : sum
  }

  /// The present moment.
  package static var now: Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }

  /// Whole seconds since 1970, rounded down.
  package var seconds: Int64 { nanoseconds.quotientRoundedDown }

  /// The nanoseconds within the second, 0 to 999,999,999.
  package var fraction: Int64 {
    let remainder = nanoseconds % 1_000_000_000
    return remainder < 0 ? remainder + 1_000_000_000 : remainder
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The time between two moments; what lies beyond 292 years is cut to that.
  ///
  /// Moments are read from files and logs, where anything may stand.
  package static func - (left: Timestamp, right: Timestamp) -> Duration {
    .nanoseconds(left.nanoseconds.clampedSubtracting(right.nanoseconds))
  }

  /// The moment some time after another; what no stamp can hold is cut to the last that one can.
  package static func + (time: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(nanoseconds: time.nanoseconds.clampedAdding(duration.wholeNanoseconds))
  }

  package init(from decoder: any Decoder) throws {
    nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(nanoseconds)
  }
}

extension Timestamp {
  /// Which clock the words of a time follow.
  package enum Zone: Sendable { case local, utc }

  /// The time in strftime's words, such as `%Y-%m-%d %H:%M:%S`.
  package func formatted(_ format: String, zone: Zone = .local) -> String {
    var seconds = time_t(seconds)
    var parts = unsafe tm()
    switch zone {
    case .local: unsafe localtime_r(&seconds, &parts)
    case .utc: unsafe gmtime_r(&seconds, &parts)
    }
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      let count = unsafe strftime(buffer.baseAddress, buffer.count, format, &parts)
      return unsafe String(
        decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
    }
  }

  /// UTC as RFC 3339 writes it, to the millisecond: `2026-11-23T15:37:40.514Z`.
  package var rfc3339: String {
    let milliseconds = String(fraction / 1_000_000)
    let padding = String(repeating: "0", count: 3 - milliseconds.count)
    return formatted("%Y-%m-%dT%H:%M:%S", zone: .utc) + ".\(padding)\(milliseconds)Z"
  }

  /// The time as a person near it says it: the clock today, the weekday this week, else the date.
  package func brief(relativeTo now: Timestamp, zone: Zone = .local) -> String {
    let day = "%Y-%m-%d"
    if formatted(day, zone: zone) == now.formatted(day, zone: zone) {
      return formatted("%H:%M:%S", zone: zone)
    }
    let age = now.seconds - seconds
    if age >= 0, age < 6 * 86_400 { return formatted("%a %H:%M", zone: zone) }
    return formatted(day, zone: zone)
  }
}

extension Int64 {
  fileprivate func clampedAdding(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  fileprivate func clampedSubtracting(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  fileprivate var quotientRoundedDown: Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: 1_000_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
