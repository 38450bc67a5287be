internal import QmailFiles

/// Keys of recipients in one piece of memory, in the order in which they came.
struct KeyArena: Sendable {
  /// The keys one after the other, then room.
  private(set) var bytes: [UInt8] = []
  private(set) var entries: [KeyEntry] = []
  /// Whether keys were left out because they would pass 4 GiB, more than a .cdb file holds.
  private(set) var isOverfull = false
  private var used = 0

  var count: Int { entries.count }

  /// Adds the key `NAME@DOMAIN`, the name in small letters.
  mutating func append(
    _ name: Span<UInt8>, at domain: [UInt8], mark: KeyEntry.Mark = .accepted
  ) {
    let (start, count) = (used, name.count + 1 + domain.count)
    guard start + count <= Int(UInt32.max), count <= KeyEntry.longest else {
      isOverfull = true
      return
    }
    makeRoom(for: count)
    let prefix = unsafe bytes.withUnsafeMutableBytes { all in
      for index in name.indices { unsafe all[start + index] = name[index].lowercased }
      unsafe all[start + name.count] = UInt8(ascii: "@")
      unsafe domain.withUnsafeBytes { text in
        unsafe UnsafeMutableRawBufferPointer(rebasing: all[(start + name.count + 1)...])
          .copyMemory(from: text)
      }
      return unsafe KeyEntry.prefix(of: UnsafeRawBufferPointer(all), at: start, count: count)
    }
    used += count
    entries.append(KeyEntry(prefix: prefix, offset: start, count: count, mark: mark))
  }

  /// Adds a key that has an `@`.
  mutating func append(key: [UInt8], mark: KeyEntry.Mark = .accepted) {
    guard let at = key.lastIndex(of: UInt8(ascii: "@")) else { return }
    append(Array(key[..<at]).span, at: Array(key[(at + 1)...]), mark: mark)
  }

  /// Forgets the keys that were added since there were `count`.
  mutating func truncate(to count: Int) {
    entries.removeLast(entries.count - count)
    used = entries.last.map { $0.offset + $0.count } ?? 0
  }

  private mutating func makeRoom(for count: Int) {
    guard used + count > bytes.count else { return }
    let more = max(count, bytes.count / 2, 1 << 16)
    bytes.append(contentsOf: repeatElement(0, count: more))
  }
}

extension KeyArena: RecipientSink {
  mutating func add(_ name: Span<UInt8>, at domain: [UInt8], origin: () -> RecipientOrigin) {
    append(name, at: domain)
  }
}
