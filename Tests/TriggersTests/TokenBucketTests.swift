import SystemSupport
import Testing

@testable import Triggers

@Suite struct TokenBucketTests {
  @Test func `a full bucket lets its capacity pass, then one per interval`() {
    var bucket = TokenBucket(capacity: 3, interval: .seconds(1))
    let taken = (0..<60).filter { bucket.take(at: Simulation.instant($0 * 100)) }
    #expect(taken == [0, 1, 2, 10, 20, 30, 40, 50])
  }

  @Test func `an idle bucket fills up to its capacity and no further`() {
    var bucket = TokenBucket(capacity: 2, interval: .seconds(1))
    _ = bucket.take(at: Simulation.instant(0))
    let later = Simulation.instant(60_000)
    #expect(
      [bucket.take(at: later), bucket.take(at: later), bucket.take(at: later)] == [
        true, true, false,
      ])
    #expect(bucket.nextToken == Simulation.instant(61_000))
  }
}
