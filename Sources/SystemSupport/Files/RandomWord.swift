/// Words for names that nobody can foresee, for files that are in the making.
package enum RandomWord {
  private static let letters = Array("0123456789abcdefghijklmnopqrstuv".utf8)
  private static let length = 12

  /// A new word of 60 random bits: digits and small letters.
  package static func make() -> String {
    var bits = UInt64.random(in: 0 ... .max)
    return unsafe String(unsafeUninitializedCapacity: length) { buffer in
      for place in 0..<length {
        unsafe buffer[place] = letters[Int(bits & 31)]
        bits >>= 5
      }
      return length
    }
  }

  /// Whether a word looks like one of ours.
  static func isOne(_ word: some StringProtocol) -> Bool {
    word.utf8.count == length && word.utf8.allSatisfy(letters.contains)
  }
}
