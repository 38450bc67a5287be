internal import QmailFiles

/// Keys of recipients in one piece of memory, with what it takes to sort them fast.
///
/// The first eight bytes of a key lie beside its place, so that most comparisons touch nothing
/// else; keys that agree in them are sorted by the next eight, and so on.
struct KeyArena: Sendable {
  struct Entry: Sendable {
    /// The eight bytes of the key that are compared now, the first one highest.
    fileprivate(set) var prefix: UInt64
    let offset: UInt32
    let count: UInt32
  }

  /// The keys one after the other, then room.
  private var bytes: [UInt8] = []
  private var used = 0
  private(set) var entries: [Entry] = []
  /// Whether keys were left out because they would pass 4 GiB, more than a .cdb file holds.
  private(set) var isOverfull = false

  var count: Int { entries.count }

  /// The key of an entry.
  func withKey<Result>(
    at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let entry = entries[index]
    return try unsafe bytes.withUnsafeBytes { all in
      try unsafe body(
        UnsafeRawBufferPointer(rebasing: all[Int(entry.offset)...].prefix(Int(entry.count))))
    }
  }
}

extension KeyArena {
  /// Adds the key `NAME@DOMAIN`, the name in small letters.
  mutating func append(_ name: Span<UInt8>, at domain: [UInt8]) {
    let count = name.count + 1 + domain.count
    let start = used
    guard start + count <= Int(UInt32.max) else {
      isOverfull = true
      return
    }
    makeRoom(for: count)
    unsafe bytes.withUnsafeMutableBufferPointer { all in
      for index in name.indices { unsafe all[start + index] = name[index].lowercased }
      unsafe all[start + name.count] = UInt8(ascii: "@")
      let rest = start + name.count + 1
      for index in domain.indices { unsafe all[rest + index] = domain[index] }
    }
    used += count
    entries.append(Entry(prefix: 0, offset: UInt32(start), count: UInt32(count)))
  }

  /// Forgets the keys that were added since there were `count`.
  mutating func truncate(to count: Int) {
    entries.removeLast(entries.count - count)
    used = entries.last.map { Int($0.offset) + Int($0.count) } ?? 0
  }

  private mutating func makeRoom(for count: Int) {
    guard used + count > bytes.count else { return }
    let more = max(count, bytes.count / 2, 1 << 16)
    bytes.append(contentsOf: repeatElement(0, count: more))
  }
}

extension KeyArena {
  /// Brings the keys into the order of their bytes; equal ones stay, side by side.
  mutating func sort() {
    let bytes = bytes
    unsafe bytes.withUnsafeBytes { all in
      unsafe entries.withUnsafeMutableBufferPointer { unsafe Self.sort($0, from: 0, in: all) }
    }
    for index in entries.indices {
      entries[index].prefix = unsafe bytes.withUnsafeBytes {
        unsafe Self.prefix(of: entries[index], from: 0, in: $0)
      }
    }
  }

  /// Sorts keys that agree in their first `depth` bytes.
  private static func sort(
    _ entries: UnsafeMutableBufferPointer<Entry>, from depth: Int, in bytes: UnsafeRawBufferPointer
  ) {
    for index in entries.indices {
      unsafe entries[index].prefix = prefix(of: entries[index], from: depth, in: bytes)
    }
    unsafe sort(entries) { $0.prefix < $1.prefix }
    var start = 0
    while start < entries.count {
      var end = start + 1
      while end < entries.count, unsafe entries[end].prefix == entries[start].prefix { end += 1 }
      if end - start > 1 {
        unsafe sortTied(
          UnsafeMutableBufferPointer(rebasing: entries[start..<end]), from: depth + 8, in: bytes)
      }
      start = end
    }
  }

  /// Sorts keys that agree in eight bytes more; those that end within them come first.
  private static func sortTied(
    _ entries: UnsafeMutableBufferPointer<Entry>, from depth: Int, in bytes: UnsafeRawBufferPointer
  ) {
    unsafe sort(entries) { min(Int($0.count), depth + 1) < min(Int($1.count), depth + 1) }
    let longer = unsafe entries.firstIndex { $0.count > depth } ?? entries.endIndex
    if longer == entries.endIndex { return }
    unsafe sort(UnsafeMutableBufferPointer(rebasing: entries[longer...]), from: depth, in: bytes)
  }

  /// Sorts in place; keys of one domain come sorted already, which the library's sort makes use of.
  private static func sort(
    _ entries: UnsafeMutableBufferPointer<Entry>, by precedes: (Entry, Entry) -> Bool
  ) {
    var entries = unsafe entries
    unsafe entries.sort(by: precedes)
  }

  /// Eight bytes of a key from a place on, as a number that sorts like them; zeros after its end.
  private static func prefix(
    of entry: Entry, from depth: Int, in bytes: UnsafeRawBufferPointer
  ) -> UInt64 {
    let start = Int(entry.offset) + depth
    let count = Int(entry.count) - depth
    if count >= 8 {
      return unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    var value: UInt64 = 0
    for index in 0..<max(0, count) {
      value |= unsafe UInt64(bytes[start + index]) << UInt64(56 - 8 * index)
    }
    return value
  }
}

extension KeyArena: RecipientSink {
  mutating func add(_ name: Span<UInt8>, at domain: [UInt8], origin: () -> RecipientOrigin) {
    append(name, at: domain)
  }
}
