internal import Glibc

/// Names of domains, to tell whether a key is of one of them.
///
/// A key's domain is what stands after its last `@`: no name has one. Millions of keys are asked
/// about, so that the names lie in a table by a hash of their bytes.
struct DomainNames: Sendable {
  private let names: [[UInt8]]
  /// The lengths that names have, each once.
  private let lengths: [Int]
  /// Each name in the first place that was free from its own on.
  private var table: [Place]

  /// A place of the table, free if its number is 0.
  private struct Place: Sendable {
    /// The name's hash, which most other names are told apart by.
    var hash: UInt64
    /// The name's number from 1 on.
    var number: Int
  }

  init(_ names: [[UInt8]]) {
    self.names = names
    lengths = Set(names.map(\.count)).sorted()
    var size = 4
    while size < 4 * names.count { size *= 2 }
    table = [Place](repeating: Place(hash: 0, number: 0), count: size)
    for (index, name) in names.enumerated() {
      let hash = unsafe name.withUnsafeBytes { unsafe Self.hash($0) }
      var place = Int(truncatingIfNeeded: hash) & (size - 1)
      while table[place].number != 0 { place = (place + 1) & (size - 1) }
      table[place] = Place(hash: hash, number: index + 1)
    }
  }

  /// Whether a key's domain is one of them.
  func holds(_ key: UnsafeRawBufferPointer) -> Bool {
    for length in lengths {
      let at = key.count - length - 1
      guard at >= 0, unsafe key[at] == UInt8(ascii: "@") else { continue }
      if unsafe contains(UnsafeRawBufferPointer(rebasing: key[(at + 1)...])) { return true }
    }
    return false
  }

  func holds(_ key: [UInt8]) -> Bool { unsafe key.withUnsafeBytes { unsafe holds($0) } }

  private func contains(_ name: UnsafeRawBufferPointer) -> Bool {
    let hash = unsafe Self.hash(name)
    var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while table[place].number != 0 {
      if table[place].hash == hash,
        unsafe names[table[place].number - 1].withUnsafeBytes({ unsafe isEqual($0, name) })
      {
        return true
      }
      place = (place + 1) & (table.count - 1)
    }
    return false
  }

  /// A number that follows from all the bytes, eight at a time; the last eight may overlap others.
  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = UInt64(name.count)
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0xff51_afd7_ed55_8ccd
      hash ^= hash >> 32
    }
    if name.count < 8 {
      for index in name.indices { unsafe mix(UInt64(name[index])) }
    } else {
      for start in stride(from: 0, to: name.count - 8, by: 8) {
        unsafe mix(name.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      }
      unsafe mix(name.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self))
    }
    return hash
  }
}

private func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count, let a = left.baseAddress, let b = right.baseAddress else {
    return left.count == right.count
  }
  return unsafe memcmp(a, b, left.count) == 0
}
