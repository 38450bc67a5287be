package import SystemSupport

/// A time stamp as multilog's `t` writes it and supervise stores it: TAI64N.
///
/// 64 bits of seconds and 32 bits of nanoseconds. daemontools counts seconds from 2^62 + 10 and
/// knows no leap seconds (tai_now.c), so the offset to Unix time is fixed.
package struct TAI64N: Hashable, Comparable, Sendable {
  /// The label of the second; 2^62 + 10 is 1970-01-01 00:00:00 UTC.
  package let seconds: UInt64
  /// The nanoseconds as they were written; over 999,999,999 they mean no time.
  package let nanoseconds: UInt32

  /// The label of the second in which Unix time begins, as daemontools counts.
  private static let epoch: Int64 = (1 << 62) + 10
  /// The length of the written form: `@` and 24 hexadecimal digits.
  package static let textLength = 25

  package init(seconds: UInt64, nanoseconds: UInt32) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The stamp of a moment, in daemontools' fixed offset.
  package init(_ timestamp: Timestamp) {
    // A timestamp spans 292 years either way: the sum stays within 63 bits.
    seconds = UInt64(Self.epoch + timestamp.seconds)
    nanoseconds = UInt32(timestamp.fraction)
  }

  /// Reads the written form: `@` and exactly 24 digits of `0-9a-f`, nothing before and after.
  package init?(_ text: some Collection<UInt8>) {
    guard text.count == Self.textLength, text.first == UInt8(ascii: "@") else { return nil }
    var high: UInt64 = 0
    var low: UInt32 = 0
    for (place, byte) in text.dropFirst().enumerated() {
      guard let digit = Self.digit(byte) else { return nil }
      if place < 16 {
        high = high << 4 | UInt64(digit)
      } else {
        low = low << 4 | UInt32(digit)
      }
    }
    self.init(seconds: high, nanoseconds: low)
  }

  /// Reads the packed form: 12 bytes, big endian.
  package init?(packed bytes: some Collection<UInt8>) {
    guard bytes.count == 12 else { return nil }
    self.init(
      seconds: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
      nanoseconds: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt32($1) })
  }

  /// The moment that the stamp means; nil when it lies beyond the years 1678 to 2261.
  package var timestamp: Timestamp? {
    guard nanoseconds < 1_000_000_000, let label = Int64(exactly: seconds) else { return nil }
    let (scaled, overflow) = (label - Self.epoch).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowed) = scaled.addingReportingOverflow(Int64(nanoseconds))
    return overflow || overflowed ? nil : Timestamp(nanoseconds: sum)
  }

  package static func < (left: TAI64N, right: TAI64N) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension TAI64N: CustomStringConvertible {
  /// The written form.
  package var description: String {
    func padded(_ value: some BinaryInteger, _ width: Int) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    return "@" + padded(seconds, 16) + padded(nanoseconds, 8)
  }
}
