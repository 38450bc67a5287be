/// Advice about a word that is none of those that there are.
enum Spelling {
  /// The one that is meant, as far as one can tell, else all of them.
  static func advice(_ word: String, _ known: [String]) -> String {
    let near = known.map { (distance(word, $0), $0) }.min { $0.0 < $1.0 }
    if let near, near.0 <= max(1, near.1.count / 4) { return "did you mean \(near.1)?" }
    return "expected one of " + known.joined(separator: ", ")
  }

  /// How many letters have to be added, left out or replaced (Levenshtein).
  static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second.utf8)
    var row = Array(0...second.count)
    for (line, letter) in first.utf8.prefix(100).enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for (column, other) in second.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
