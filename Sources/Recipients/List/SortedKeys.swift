internal import Glibc

/// Steps through several sorted arenas as one, passing over equal keys.
struct SortedKeys {
  /// The place of a key: the number of its arena, and its own in it.
  struct Place {
    let share: Int
    let index: Int
  }

  private let shares: [KeyArena]
  private var positions: [Int]
  /// The key that comes next; nil at the end.
  private(set) var least: Place?

  init(_ shares: [KeyArena]) {
    self.shares = shares
    positions = shares.map { _ in 0 }
    least = findLeast()
  }

  /// Steps over the least key and all that are equal to it.
  mutating func next() -> Place? {
    guard let place = least else { return nil }
    repeat {
      if let passed = least { positions[passed.share] += 1 }
      least = findLeast()
    } while least.map { compare($0, place) == 0 } ?? false
    return place
  }

  /// The bytes of a key, valid during the call.
  func withKey<Result>(
    at place: Place, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try unsafe shares[place.share].withKey(at: place.index) { try unsafe body($0) }
  }

  private func findLeast() -> Place? {
    var best: Place?
    for share in shares.indices where positions[share] < shares[share].count {
      let candidate = Place(share: share, index: positions[share])
      if let best, compare(best, candidate) <= 0 { continue }
      best = candidate
    }
    return best
  }

  private func compare(_ left: Place, _ right: Place) -> Int {
    let (prefix, other) = (
      shares[left.share].entries[left.index].prefix,
      shares[right.share].entries[right.index].prefix
    )
    if prefix != other { return prefix < other ? -1 : 1 }
    return unsafe withKey(at: left) { key in
      unsafe withKey(at: right) { unsafe Order.compare(key, $0) }
    }
  }
}

/// How keys are ordered: by their bytes, a shorter key before one that goes on.
enum Order {
  static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let first = left.baseAddress, let second = right.baseAddress {
      let order = unsafe memcmp(first, second, common)
      if order != 0 { return Int(order) }
    }
    return left.count - right.count
  }
}
