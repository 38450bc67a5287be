internal import SystemSupport

/// Keys in the order of their bytes, each once.
struct SortedKeys: Sendable {
  /// The memory that the entries point into.
  private let blocks: [[UInt8]]
  /// The keys; each part goes on where the one before it ends.
  let parts: [[KeyEntry]]

  /// Sorts the keys of some arenas.
  init(_ arenas: [KeyArena], workerCount: Int) {
    blocks = arenas.flatMap(\.blocks)
    parts = KeySort(arenas, workerCount: workerCount).parts()
  }

  /// Lets the processor fetch a key that will be read soon.
  func prefetch(_ entry: KeyEntry) {
    unsafe blocks[entry.block].withUnsafeBytes { unsafe SystemSupport.prefetch($0, entry.offset) }
  }

  var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// The bytes of a key, valid during the call.
  func withKey<Result>(
    of entry: KeyEntry, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try unsafe blocks[entry.block].withUnsafeBytes { all in
      let end = entry.offset + entry.count
      return try unsafe body(UnsafeRawBufferPointer(rebasing: all[entry.offset..<end]))
    }
  }
}
