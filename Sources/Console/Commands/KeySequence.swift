/// What a terminal sends for a key after Esc, where the description of the terminal does not tell.
///
/// Many a terminal is not what TERM says: PuTTY and tmux call themselves xterm and send other
/// codes for Home and End, and a number pad in its application mode sends letters.
/// Read as characters of their own, what follows the Esc would be commands: u, r or q.
package struct KeySequence: Equatable, Sendable {
  private var text: [Character]

  /// Begins with the character after Esc; nil where that is a key by itself.
  package init?(first: Character) {
    guard first == "[" || first == "O" else { return nil }
    text = [first]
  }

  /// Takes in one more character.
  ///
  /// - Returns: Whether it belongs to the sequence.
  package mutating func append(_ character: Character) -> Bool {
    guard !isComplete, let value = character.asciiValue, (0x20..<0x7f).contains(value),
      text.count < Self.limit
    else { return false }
    text.append(character)
    return true
  }

  private static let limit = 32

  /// Whether its last character is here.
  package var isComplete: Bool {
    guard text.count > 1, let last = text.last?.asciiValue else { return false }
    // The Linux console sends F1 to F5 as [[A to [[E.
    if text.count == 2, text == ["[", "["] { return false }
    return (0x40..<0x7f).contains(last)
  }

  /// Esc and then a key of its own, both typed fast: nothing followed that could be a sequence.
  package var isBare: Bool { text.count == 1 }

  /// The key that is meant; nil for one that the console does not know.
  package var key: Key? { Self.keys[String(text)] ?? keypadCharacter }

  /// In application mode the number pad sends its characters 64 code points higher, behind O.
  private var keypadCharacter: Key? {
    guard text.count == 2, text[0] == "O", let value = text[1].asciiValue,
      (UInt8(ascii: "j")...UInt8(ascii: "y")).contains(value)
    else { return nil }
    return .character(Character(Unicode.Scalar(value - 0x40)))
  }

  private static let keys: [String: Key] = {
    var keys: [String: Key] = [
      "[1~": .home, "[7~": .home, "[4~": .end, "[8~": .end, "[2~": .insert, "[3~": .delete,
      "[5~": .pageUp, "[6~": .pageDown, "[Z": .backTab, "OM": .enter,
    ]
    let letters: [(String, Key)] = [
      ("A", .up), ("B", .down), ("C", .right), ("D", .left), ("H", .home), ("F", .end),
    ]
    for (letter, key) in letters {
      keys["[" + letter] = key
      keys["O" + letter] = key
    }
    for (number, letter) in ["P", "Q", "R", "S"].enumerated() {
      keys["O" + letter] = .function(number + 1)
    }
    for (number, letter) in ["A", "B", "C", "D", "E"].enumerated() {
      keys["[[" + letter] = .function(number + 1)
    }
    let numbers = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24]
    for (index, number) in numbers.enumerated() { keys["[\(number)~"] = .function(index + 1) }
    return keys
  }()
}
