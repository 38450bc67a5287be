/// A generator whose sequence its seed decides (SplitMix64): random, and the same in every run.
package struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

// MARK: - Damage

extension Seeded {
  /// A text with one to six damages; now and then bytes that are nothing at all.
  package mutating func damaged(_ text: [UInt8]) -> [UInt8] {
    if chance(of: 20) { return bytes(upTo: 200) }
    var text = text
    for _ in 0..<Int.random(in: 1...6, using: &self) { damage(&text) }
    return text
  }

  /// Random bytes.
  package mutating func bytes(upTo limit: Int) -> [UInt8] {
    (0..<Int.random(in: 0...limit, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self)
    }
  }

  private mutating func chance(of number: Int) -> Bool {
    Int.random(in: 1...number, using: &self) == 1
  }

  private mutating func damage(_ text: inout [UInt8]) {
    guard !text.isEmpty else { return text = bytes(upTo: 40) }
    let place = Int.random(in: 0..<text.count, using: &self)
    switch Int.random(in: 0..<8, using: &self) {
    case 0: text[place] = UInt8.random(in: 0...255, using: &self)
    case 1: text.remove(at: place)
    case 2: text.insert(contentsOf: Self.pieces.randomElement(using: &self) ?? [], at: place)
    case 3: text.removeLast(text.count - place)
    case 4: text += text[place...].prefix(4000)
    case 5:  // a piece of the text in another place
      let other = Int.random(in: 0..<text.count, using: &self)
      text.insert(contentsOf: text[other...].prefix(20), at: place)
    case 6:
      text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...20, using: &self)))
    default: replaceNumber(&text, after: place)
    }
  }

  /// Puts a number that is likely to hurt in place of the next one.
  private mutating func replaceNumber(_ text: inout [UInt8], after place: Int) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard let start = text[place...].firstIndex(where: isDigit) else { return }
    let end = text[start...].firstIndex { !isDigit($0) } ?? text.endIndex
    let number = Self.numbers.randomElement(using: &self) ?? "0"
    text.replaceSubrange(start..<end, with: Array(number.utf8))
  }

  /// What separates, quotes, ends or escapes in some format, and what is no UTF-8.
  private static let pieces: [[UInt8]] =
    [
      "\n", "\r\n", "\n\n", "\0", ":", "::::::::", "#", ".", "@", " ", "\t", "\"", "'", "\\", "[",
      "]",
      "{", "}", "=", ",", "+", "-", "/", "\u{1b}[2J", "\u{202e}", "é", "規", "e\u{301}",
    ]
    .map { Array($0.utf8) } + [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]

  private static let numbers = [
    "0", "-1", "1", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "18446744073709551615", "1e308", "0.0000001",
    "00000000000000000000000000000001", "99999999999999999999999999999999",
  ]
}
