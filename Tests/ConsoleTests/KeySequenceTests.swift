import Testing

@testable import Console

/// What terminals send that are not what TERM says.
@Suite struct KeySequenceTests {
  /// The sequence of the characters, and how many of them it took.
  private func read(_ text: String) -> (sequence: KeySequence?, count: Int) {
    guard let first = text.first, var sequence = KeySequence(first: first) else { return (nil, 0) }
    var count = 1
    for character in text.dropFirst() {
      guard sequence.append(character) else { break }
      count += 1
    }
    return (sequence, count)
  }

  @Test(arguments: [
    ("[1~", Key.home), ("[4~", .end), ("[7~", .home), ("[8~", .end), ("[H", .home), ("[F", .end),
    ("OH", .home), ("OF", .end), ("[A", .up), ("OD", .left), ("[6~", .pageDown), ("[Z", .backTab),
    ("OS", .function(4)), ("[[D", .function(4)), ("[14~", .function(4)), ("[24~", .function(12)),
    ("OM", .enter), ("Ou", "5"), ("Oq", "1"), ("Ok", "+"),
  ])
  func `a known key is that key`(_ text: String, _ key: Key) {
    let (sequence, count) = read(text)
    #expect(sequence?.isComplete == true)
    #expect(sequence?.key == key)
    #expect(count == text.count)
  }

  @Test(arguments: ["[1;5q", "[15;2~", "[<0;10;10M", "[200~", "[I", "Oz", "[27;5;117~"])
  func `an unknown one is taken whole and means nothing`(_ text: String) {
    let (sequence, count) = read(text + "u")
    #expect(sequence?.isComplete == true)
    #expect(sequence?.key == nil)
    #expect(count == text.count)
  }

  @Test func `what cannot be a sequence is left alone`() {
    #expect(KeySequence(first: "u") == nil)
    #expect(KeySequence(first: "O")?.isBare == true)
    #expect(read("[\u{1b}").count == 1)
  }
}
