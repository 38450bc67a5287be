/// How far a piece of work is, as the program that does it reports.
///
/// The form is a line `DONE TOTAL UNIT`, such as `120 1000 domains`; the unit may be left out.
package struct Progress: Equatable, Sendable, Codable {
  /// The variable that names the descriptor to which the lines are written.
  package static let variable = "QMAIL_UPDATER_PROGRESS"
  /// The longest line, without its end, in bytes.
  package static let lineLimit = 100

  /// How much is done: 0 to `total`.
  package let done: Int
  /// How much there is to do, more than 0.
  package let total: Int
  /// What is counted, in the plural, safe to show; may be empty.
  package let unit: String

  package init(done: Int, total: Int, unit: String) {
    self.done = done
    self.total = total
    self.unit = unit
  }

  /// Reads a line without its end; nil when it is no report.
  package init?(line: some Collection<UInt8>) {
    guard line.count <= Self.lineLimit else { return nil }
    let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 2)
    guard words.count >= 2, let done = Self.number(words[0]), let total = Self.number(words[1]),
      total > 0, done <= total
    else { return nil }
    let unit = words.count == 3 ? VisibleText.escape(String(words[2])) : ""
    self.init(done: done, total: total, unit: String(unit.prefix(24)))
  }

  /// The line, without its end.
  package var line: String { "\(done) \(total) \(unit)" }

  private static func number(_ word: Substring) -> Int? {
    word.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? Int(word) : nil
  }
}

/// Stored as the line, so that what is read is checked as a report is.
extension Progress {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let progress = Self(line: try container.decode(String.self).utf8) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no report")
    }
    self = progress
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(line)
  }
}

/// Finds the latest report in a stream of bytes; what is no report is left out.
struct ProgressLines {
  /// The beginning of a line whose end has not come yet.
  private var rest: [UInt8] = []

  /// Takes the next bytes.
  ///
  /// - Returns: The last report that they end; nil when they end none.
  mutating func take(_ bytes: [UInt8]) -> Progress? {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
      keep(rest + bytes)
      return nil
    }
    let lines = (rest + bytes[..<end]).split(separator: UInt8(ascii: "\n"))
    keep(Array(bytes[(end + 1)...]))
    return lines.reversed().lazy.compactMap { Progress(line: $0) }.first
  }

  /// Keeps an unfinished line, as much of it as shows that it is too long.
  private mutating func keep(_ bytes: [UInt8]) {
    rest = Array(bytes.prefix(Progress.lineLimit + 1))
  }
}
