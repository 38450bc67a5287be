internal import Synchronization
internal import SystemSupport

/// Brings the keys of some arenas into the order of their bytes, each key once, without those that
/// are excluded.
///
/// Each worker takes the keys of a range, found by a sample, so that nothing must be merged. Keys
/// are sorted by their first eight bytes; those that agree in them by the next eight, and so on.
struct KeySort {
  private let arenas: [KeyArena]
  private let workerCount: Int

  init(_ arenas: [KeyArena], workerCount: Int) {
    self.arenas = arenas
    self.workerCount = max(1, workerCount)
  }

  /// The sorted keys, a part for each worker.
  func parts() -> [[KeyEntry]] {
    let bounds = splitters()
    let next = Atomic(0)
    let parts = Mutex([[KeyEntry]](repeating: [], count: bounds.count + 1))
    @Sendable func work() {
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number <= bounds.count else { return }
        let from = number == 0 ? 0 : bounds[number - 1]
        let part = sorted(from: from, upTo: number == bounds.count ? nil : bounds[number])
        parts.withLock { $0[number] = part }
      }
    }
    Workers.run(workerCount, work, here: work)
    return parts.withLock { $0 }
  }

  /// Prefixes that part the keys into about equal shares.
  private func splitters() -> [UInt64] {
    let count = arenas.reduce(0) { $0 + $1.count }
    let step = max(1, count / 4096)
    let sample = arenas.flatMap { arena in
      stride(from: 0, to: arena.count, by: step).map { arena.entries[$0].prefix }
    }.sorted()
    return (1..<workerCount).compactMap { number in
      sample.isEmpty ? nil : sample[number * sample.count / workerCount]
    }
  }

  private func sorted(from lower: UInt64, upTo upper: UInt64?) -> [KeyEntry] {
    var part: [KeyEntry] = []
    part.reserveInHugePages(arenas.reduce(0) { $0 + $1.count } / workerCount * 9 / 8)
    var blocks: [[UInt8]] = []
    for arena in arenas {
      for entry in arena.entries where entry.prefix >= lower {
        if let upper, entry.prefix >= upper { continue }
        part.append(entry.moved(behind: blocks.count))
      }
      blocks += arena.blocks
    }
    unsafe blocks.withBytes { bytes in
      let count = unsafe part.withUnsafeMutableBufferPointer { entries in
        unsafe Sorter(bytes: bytes, capacity: entries.count).sort(entries, from: 0)
      }
      part.removeLast(part.count - count)
    }
    return part
  }
}

/// Sorts entries by the bytes that they stand for, and keeps of equal ones the one whose mark counts,
/// unless it excludes the key.
@unsafe private struct Sorter: ~Copyable {
  private let bytes: [UnsafeRawBufferPointer]
  private let prefixes: PrefixSort

  /// - Parameters:
  ///   - bytes: The memory of the keys.
  ///   - capacity: How many entries there are at most.
  init(bytes: [UnsafeRawBufferPointer], capacity: Int) {
    unsafe self.bytes = bytes
    unsafe prefixes = PrefixSort(capacity: capacity)
  }

  /// Sorts keys that agree in their first `depth` bytes and have their prefixes from there on.
  ///
  /// - Returns: How many are left; they are the first ones.
  func sort(_ entries: UnsafeMutableBufferPointer<KeyEntry>, from depth: Int) -> Int {
    var entries = unsafe entries
    if entries.count < PrefixSort.fewest {
      unsafe entries.sort { $0.prefix < $1.prefix }
    } else {
      unsafe prefixes.sort(entries)
    }
    var (start, kept) = (0, 0)
    while start < entries.count {
      var end = start + 1
      while end < entries.count, unsafe entries[end].prefix == entries[start].prefix { end += 1 }
      var count = end - start
      if count == 1 {
        if unsafe entries[start].mark == .excluded { count = 0 }
      } else {
        count = unsafe sortTied(
          UnsafeMutableBufferPointer(rebasing: entries[start..<end]), from: depth + 8)
      }
      if kept != start {
        for index in 0..<count { unsafe entries[kept + index] = entries[start + index] }
      }
      kept += count
      start = end
    }
    return kept
  }

  /// Sorts keys that agree in eight bytes more; those that end within them come first.
  private func sortTied(_ entries: UnsafeMutableBufferPointer<KeyEntry>, from depth: Int) -> Int {
    var entries = unsafe entries
    if unsafe entries.contains(where: { $0.count <= depth }) {
      unsafe entries.sort { min($0.count, depth + 1) < min($1.count, depth + 1) }
    }
    var (short, kept) = (0, 0)
    while short < entries.count, unsafe entries[short].count <= depth {
      var winner = unsafe entries[short]
      repeat {
        if unsafe entries[short].mark > winner.mark { winner = unsafe entries[short] }
        short += 1
      } while unsafe short < entries.count && entries[short].count == winner.count
      if winner.mark == .excluded { continue }
      unsafe entries[kept] = winner
      kept += 1
    }
    let rest = unsafe UnsafeMutableBufferPointer(rebasing: entries[short...])
    if rest.count == 0 { return kept }
    for index in rest.indices {
      let entry = unsafe rest[index]
      unsafe rest[index].prefix = KeyEntry.prefix(
        of: bytes[entry.block], at: entry.offset + depth, count: entry.count - depth)
    }
    let count = unsafe sort(rest, from: depth)
    if kept != short {
      for index in 0..<count { unsafe entries[kept + index] = rest[index] }
    }
    return kept + count
  }
}
