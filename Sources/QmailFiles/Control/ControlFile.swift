internal import SystemSupport

/// The three ways in which qmail's programs read a control file.
///
/// `control_readline` takes the first line, `control_readint` a number from it, `control_readfile`
/// one entry a line. Blanks before an entry and a carriage return after it are part of it.
package enum ControlFile {
  /// An entry of a file with one entry a line.
  package struct Entry: Equatable, Sendable {
    /// The line in the file, counted from 1.
    package let line: Int
    package let bytes: [UInt8]

    package init(line: Int, bytes: [UInt8]) {
      self.line = line
      self.bytes = bytes
    }
  }

  /// The first line without blanks, tabs and newlines at its end, as `control_readline` reads it.
  package static func firstLine(of contents: [UInt8]) -> [UInt8] {
    Array(contents.prefix { $0 != .newline }.withoutTrailingBlanks)
  }

  /// The number that the first line starts with, as `control_readint` reads it.
  ///
  /// - Returns: The number; nil when the line does not start with a digit, where qmail silently
  ///   keeps its default.
  package static func integer(of contents: [UInt8]) -> Int? {
    let digits = firstLine(of: contents).prefix { $0 &- UInt8(ascii: "0") < 10 }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// The entries of a file with one entry a line, as `control_readfile` reads it.
  ///
  /// Empty lines, and lines with `#` in the first column, are none; blanks at the end of a line are
  /// stripped. There are no comments after an entry.
  package static func entries(of contents: [UInt8]) -> [Entry] {
    slices(of: contents).map { Entry(line: $0.line, bytes: Array($0.bytes)) }
  }

  /// The entries as parts of the contents, for who takes them apart further.
  static func slices(
    of contents: [UInt8]
  ) -> some Sequence<(line: Int, bytes: ArraySlice<UInt8>)> {
    NumberedLines(contents).lazy.compactMap { line in
      entry(in: line.bytes).map { (line.number, $0) }
    }
  }

  /// What of a line is an entry; nil when it is none.
  @inline(__always)
  static func entry<Line: BidirectionalCollection<UInt8>>(
    in line: Line
  ) -> Line.SubSequence? {
    let bytes = line.withoutTrailingBlanks
    return bytes.first.map { $0 != UInt8(ascii: "#") } == true ? bytes : nil
  }
}
