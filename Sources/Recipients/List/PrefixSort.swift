internal import SystemSupport

/// Sorts entries by their prefixes, a byte at a time from the last one to the first; each pass keeps
/// the order of the one before.
///
/// The time grows with the number of entries alone, however many short runs they come in: a server
/// with many small domains sorts as fast as one with a few large ones. Bytes that are the same in
/// all prefixes cost nothing.
@safe struct PrefixSort: ~Copyable {
  /// From how many entries on this is faster than the library's sort, which gains from runs.
  static let fewest = 1 << 12

  private let scratch: UnsafeMutableBufferPointer<KeyEntry>

  /// - Parameter capacity: The most entries that will be sorted at a time.
  init(capacity: Int) {
    unsafe scratch = .allocate(capacity: capacity)
    unsafe HugePages.advise(UnsafeRawBufferPointer(scratch))
  }

  deinit { unsafe scratch.deallocate() }

  /// Sorts entries, no more than the capacity.
  func sort(_ entries: UnsafeMutableBufferPointer<KeyEntry>) {
    let counts = unsafe Self.counts(of: entries)
    var source = unsafe entries
    var target = unsafe UnsafeMutableBufferPointer(rebasing: scratch[..<entries.count])
    for digit in 0..<8 {
      let counts = counts[(digit << 8)...].prefix(256)
      if counts.contains(entries.count) { continue }
      unsafe Self.distribute(source, by: digit, into: target, counts)
      unsafe swap(&source, &target)
    }
    if unsafe source.baseAddress != entries.baseAddress {
      _ = unsafe entries.update(fromContentsOf: source)
    }
  }

  /// How often each byte comes at each place of the prefixes, 256 counts a place, the last place
  /// first.
  private static func counts(of entries: UnsafeMutableBufferPointer<KeyEntry>) -> [Int] {
    var counts = [Int](repeating: 0, count: 8 << 8)
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      for index in entries.indices {
        var prefix = unsafe entries[index].prefix
        for digit in 0..<8 {
          unsafe counts[digit << 8 | Int(truncatingIfNeeded: prefix & 255)] &+= 1
          prefix >>= 8
        }
      }
    }
    return counts
  }

  private static func distribute(
    _ source: UnsafeMutableBufferPointer<KeyEntry>, by digit: Int,
    into target: UnsafeMutableBufferPointer<KeyEntry>, _ counts: ArraySlice<Int>
  ) {
    var sum = 0
    var next = counts.map { count in
      defer { sum += count }
      return sum
    }
    let shift = UInt64(digit) * 8
    unsafe next.withUnsafeMutableBufferPointer { next in
      for index in source.indices {
        let entry = unsafe source[index]
        let byte = Int(truncatingIfNeeded: entry.prefix >> shift & 255)
        unsafe target.initializeElement(at: next[byte], to: entry)
        unsafe next[byte] &+= 1
      }
    }
  }
}
