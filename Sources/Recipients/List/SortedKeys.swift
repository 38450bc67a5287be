internal import Glibc

/// Keys in the order of their bytes, each once.
struct SortedKeys: Sendable {
  /// The memory that the entries point into.
  private let arenas: [[UInt8]]
  /// The keys; each part goes on where the one before it ends.
  let parts: [[KeyEntry]]

  /// Sorts the keys of some arenas.
  init(_ arenas: [KeyArena], workerCount: Int) {
    self.arenas = arenas.map(\.bytes)
    parts = KeySort(arenas, workerCount: workerCount).parts()
  }

  var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// The bytes of a key, valid during the call.
  func withKey<Result>(
    of entry: KeyEntry, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try unsafe arenas[entry.arena].withUnsafeBytes { all in
      let end = entry.offset + entry.count
      return try unsafe body(UnsafeRawBufferPointer(rebasing: all[entry.offset..<end]))
    }
  }

  /// Steps through the keys.
  struct Cursor {
    private let parts: [[KeyEntry]]
    private var part = 0
    private var index = 0

    init(_ keys: SortedKeys) {
      parts = keys.parts
      skipEmptyParts()
    }

    /// The key that comes next; nil at the end.
    var next: KeyEntry? { part < parts.count ? parts[part][index] : nil }

    /// Steps over the next key, if there is one.
    mutating func advance() {
      index += 1
      skipEmptyParts()
    }

    private mutating func skipEmptyParts() {
      while part < parts.count, index >= parts[part].count {
        part += 1
        index = 0
      }
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
