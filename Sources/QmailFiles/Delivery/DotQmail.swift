internal import SystemSupport

/// The contents of a `.qmail` file: delivery instructions, one a line.
package struct DotQmail: Equatable, Sendable {
  /// How mail for nobody in particular is treated, as far as its senders can be told at once.
  package enum CatchAll: Equatable, Sendable {
    /// vpopmail's vdelivermail, which bounces mail for a mailbox that does not exist.
    case vpopmailBouncing
    /// vdelivermail, which takes mail for a mailbox that does not exist.
    case vpopmailTaking
    /// Anything else: it takes what comes.
    case other
  }

  package let lines: [[UInt8]]

  package init(parsing contents: [UInt8]) {
    lines = NumberedLines(contents).map { Array($0.bytes.withoutTrailingBlanks) }
  }

  /// What the file does as a `.qmail-default`.
  ///
  /// qmail-local follows one line after the other, and mail that one of them bounces has bounced.
  package var catchAll: CatchAll {
    let lines = commands.filter { $0.contains("vdelivermail") }
    if lines.isEmpty { return .other }
    return lines.contains { $0.contains("bounce-no-mailbox") } ? .vpopmailBouncing : .vpopmailTaking
  }

  /// The database that the file lets fastforward look in; nil when it does not run fastforward.
  ///
  /// It is the first argument that is no option, as it is written; a relative one starts from the
  /// directory of the file.
  package var fastforwardDatabase: [UInt8]? {
    for command in commands {
      let words = command.split { " \t'\"|;".utf8.contains($0) }
      let program = words.firstIndex { word in
        let name = word.split(separator: UInt8(ascii: "/")).last
        return name?.elementsEqual("fastforward".utf8) == true
      }
      guard let program else { continue }
      return words[(program + 1)...].first { $0.first != UInt8(ascii: "-") }.map(Array.init)
    }
    return nil
  }

  /// The lines that are neither comments nor empty.
  private var commands: [[UInt8]] {
    lines.filter { $0.first.map { $0 != UInt8(ascii: "#") } ?? false }
  }
}

extension Collection<UInt8> {
  /// Whether a word stands somewhere in the bytes.
  fileprivate func contains(_ word: String) -> Bool {
    var rest = self[...]
    while !rest.isEmpty {
      if rest.starts(with: word.utf8) { return true }
      rest = rest.dropFirst().drop { $0 != word.utf8.first }
    }
    return word.isEmpty
  }
}
