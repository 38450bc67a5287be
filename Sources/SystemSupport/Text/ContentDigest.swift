/// A keyed 64-bit digest that tells whether bytes are the same as before.
///
/// SipHash-2-4 (Aumasson and Bernstein, 2012). The key is drawn at random for each record, so that
/// nobody who writes a file can aim at the digest of another.
package struct ContentDigest: Hashable, Sendable {
  /// The secret under which digests can be compared.
  package struct Key: Hashable, Sendable, Codable {
    package let first: UInt64
    package let second: UInt64

    package init(first: UInt64, second: UInt64) {
      self.first = first
      self.second = second
    }

    /// A new key.
    package static var random: Key {
      Key(first: .random(in: 0 ... .max), second: .random(in: 0 ... .max))
    }
  }

  package let value: UInt64

  package init(of bytes: [UInt8], key: Key) {
    value = unsafe bytes.withUnsafeBytes { buffer in
      var state = SipState(key)
      let whole = buffer.count & ~7
      for offset in stride(from: 0, to: whole, by: 8) {
        let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        state.absorb(UInt64(littleEndian: word))
      }
      var last = UInt64(truncatingIfNeeded: buffer.count) << 56
      for offset in whole..<buffer.count {
        unsafe last |= UInt64(buffer[offset]) << (8 * UInt64(offset - whole))
      }
      state.absorb(last)
      return state.finish()
    }
  }

  package init(value: UInt64) { self.value = value }
}

extension ContentDigest: Codable {
  package init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(UInt64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}

/// The four words of SipHash, with 2 rounds a word and 4 at the end.
private struct SipState {
  private var v0, v1, v2, v3: UInt64

  init(_ key: ContentDigest.Key) {
    v0 = key.first ^ 0x736f_6d65_7073_6575
    v1 = key.second ^ 0x646f_7261_6e64_6f6d
    v2 = key.first ^ 0x6c79_6765_6e65_7261
    v3 = key.second ^ 0x7465_6462_7974_6573
  }

  mutating func absorb(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  mutating func finish() -> UInt64 {
    v2 ^= 0xff
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  private mutating func round() {
    v0 &+= v1
    v1 = Self.rotate(v1, 13) ^ v0
    v0 = Self.rotate(v0, 32)
    v2 &+= v3
    v3 = Self.rotate(v3, 16) ^ v2
    v0 &+= v3
    v3 = Self.rotate(v3, 21) ^ v0
    v2 &+= v1
    v1 = Self.rotate(v1, 17) ^ v2
    v2 = Self.rotate(v2, 32)
  }

  private static func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 {
    word << bits | word >> (64 - bits)
  }
}
