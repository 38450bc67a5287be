internal import SystemSupport

/// A limit of rate that lets a burst pass at once and never refuses for good.
///
/// Kept as the one time at which the bucket is full again, as in the generic cell rate algorithm:
/// nothing needs to be refilled.
struct TokenBucket: Sendable {
  /// How many can pass at once.
  let capacity: Int
  /// How long one token takes to come back.
  let interval: Duration
  /// How long before it is full again the bucket has a token.
  private let lead: Duration
  private var fullAgain: Instant?

  init(capacity: Int, interval: Duration) {
    self.capacity = capacity
    self.interval = interval
    lead = interval * (1 - capacity)
  }

  /// When a token can be had; nil at any time, since none was ever taken.
  var nextToken: Instant? { fullAgain.map { $0 + lead } }

  /// Takes a token if there is one.
  ///
  /// - Returns: Whether there was one.
  mutating func take(at now: Instant) -> Bool {
    if let nextToken, nextToken > now { return false }
    fullAgain = max(fullAgain ?? now, now) + interval
    return true
  }
}
