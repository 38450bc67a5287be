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

  var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// Lends the memory that the entries point into, to who reads many keys.
  func withBlocks<Result>(
    _ body: ([UnsafeRawBufferPointer]) throws -> Result
  ) rethrows -> Result {
    try unsafe blocks.withBytes(body)
  }
}
