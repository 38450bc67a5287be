import Supervision
import SystemSupport
import TestSupport
import Testing

@Suite struct TAI64NTests {
  @Test(arguments: [
    ("@400000006b045dce1eafef24", "2026-11-23T15:37:40", 514_846_500),
    ("@400000000000000a00000000", "1970-01-01T00:00:00", 0),
    ("@400000000000000900000001", "1969-12-31T23:59:59", 1),
  ])
  func `a stamp means the moment that tai64nlocal shows`(
    text: String, clock: String, fraction: Int64
  ) throws {
    let stamp = try #require(TAI64N(text.utf8))
    let time = try #require(stamp.timestamp)
    #expect(time.formatted("%Y-%m-%dT%H:%M:%S", zone: .utc) == clock)
    #expect(time.fraction == fraction)
    #expect(TAI64N(time) == stamp)
    #expect(stamp.description == text)
  }

  @Test(arguments: [
    "", "@", "@400000006b045dce1eafef2", "@400000006b045dce1eafef244", "@400000006B045DCE1EAFEF24",
    "400000006b045dce1eafef24", "@400000006b045dce1eafef2g", "@400000006b045dce1eafef2 ",
    " @400000006b045dce1eafef2", "@40000000+b045dce1eafef24",
  ])
  func `anything but 24 lowercase digits is no stamp`(text: String) {
    #expect(TAI64N(text.utf8) == nil)
  }

  @Test(arguments: [
    "@ffffffffffffffffffffffff", "@000000000000000000000000", "@7fffffffffffffff3b9ac9ff",
    "@400000006b045dce3b9aca00",
  ])
  func `a stamp that is no time of ours keeps its text and has no moment`(text: String) throws {
    let stamp = try #require(TAI64N(text.utf8))
    #expect(stamp.timestamp == nil)
    #expect(stamp.description == text)
  }

  @Test func `the earliest and the latest moment come back`() {
    for nanoseconds in [Int64.min, -1, 0, Int64.max] {
      let time = Timestamp(nanoseconds: nanoseconds)
      // The second of the very first moment begins before the range.
      let back = TAI64N(time).timestamp
      #expect(back == time || (nanoseconds == .min && back == nil))
    }
  }

  @Test func `multilog's stamp lies between two looks at the clock`() throws {
    let before = Timestamp.now
    let result = try Tools.run(["sh", "-c", "echo x | tai64n"])
    let stamp = try #require(TAI64N(result.bytes.prefix(25)))
    let time = try #require(stamp.timestamp)
    #expect(before <= time && time <= .now)
  }
}
