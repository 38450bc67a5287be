internal import QmailFiles
internal import SystemSupport

/// Keys of recipients in the order in which they came.
///
/// They lie in blocks of memory. A block that is full stays as it is, so that nothing is copied when
/// there are more keys.
struct KeyArena: Sendable {
  /// Keys one after the other, then room.
  private(set) var blocks: [[UInt8]] = []
  private(set) var entries: [KeyEntry] = []
  /// Whether keys were left out because they would pass 4 GiB, more than a .cdb file holds.
  private(set) var isOverfull = false
  /// How much of the last block is used.
  private var used = 0

  /// The first block is small, each other one as large as all before it, up to the largest size.
  private static let blockSizes = (1 << 16)...(1 << 22)
  private static let mostBlocks = 1 << 10

  var count: Int { entries.count }

  /// Adds the key `NAME@DOMAIN`, the name in small letters.
  mutating func append(
    _ name: Span<UInt8>, at domain: [UInt8], mark: KeyEntry.Mark = .accepted
  ) {
    let count = name.count + 1 + domain.count
    guard count <= KeyEntry.longest, makeRoom(for: count) else {
      isOverfull = true
      return
    }
    let (block, start) = (blocks.count - 1, used)
    let prefix = unsafe blocks[block].withUnsafeMutableBytes { all in
      for index in name.indices { unsafe all[start + index] = name[index].lowercased }
      unsafe all[start + name.count] = UInt8(ascii: "@")
      unsafe domain.withUnsafeBytes { text in
        unsafe UnsafeMutableRawBufferPointer(rebasing: all[(start + name.count + 1)...])
          .copyMemory(from: text)
      }
      return unsafe KeyEntry.prefix(of: UnsafeRawBufferPointer(all), at: start, count: count)
    }
    used += count
    if entries.count == entries.capacity { entries.reserveInHugePages(2 * entries.count) }
    entries.append(KeyEntry(prefix: prefix, block: block, offset: start, count: count, mark: mark))
  }

  /// Adds a key that has an `@`.
  mutating func append(key: [UInt8], mark: KeyEntry.Mark = .accepted) {
    guard let at = key.lastIndex(of: UInt8(ascii: "@")) else { return }
    append(Array(key[..<at]).span, at: Array(key[(at + 1)...]), mark: mark)
  }

  /// Forgets the keys that were added since there were `count`.
  mutating func truncate(to count: Int) {
    entries.removeLast(entries.count - count)
    blocks.removeLast(blocks.count - (entries.last.map { $0.block + 1 } ?? 0))
    used = entries.last.map { $0.offset + $0.count } ?? 0
  }

  /// Takes out the keys that were added since there were `count`.
  mutating func removeAll(from count: Int) -> [[UInt8]] {
    let keys = entries[count...].map { entry in
      Array(blocks[entry.block][entry.offset..<(entry.offset + entry.count)])
    }
    truncate(to: count)
    return keys
  }

  /// Adds a block if the key does not fit into the last one.
  ///
  /// - Returns: Whether there is room now.
  private mutating func makeRoom(for count: Int) -> Bool {
    if let last = blocks.last, used + count <= last.count { return true }
    guard blocks.count < Self.mostBlocks else { return false }
    let size = blocks.reduce(0) { $0 + $1.count }
    let bounds = Self.blockSizes
    blocks.append(
      [UInt8](zerosInHugePages: max(count, min(max(size, bounds.lowerBound), bounds.upperBound))))
    used = 0
    return true
  }
}

extension KeyArena: RecipientSink {
  mutating func add(_ name: Span<UInt8>, at domain: [UInt8], origin: () -> RecipientOrigin) {
    append(name, at: domain)
  }
}
