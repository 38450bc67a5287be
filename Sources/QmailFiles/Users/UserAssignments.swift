package import SystemPackage
internal import SystemSupport

/// `users/assign`: which user and home directory a local address belongs to.
///
/// Lines are `=LOCAL:USER:UID:GID:HOME:DASH:EXT:` for one address and `+PREFIX:...` for all that
/// start with a prefix; a line with a dot in front ends the file. The rules are `qmail-newu`'s.
package struct UserAssignments: Equatable, Sendable {
  /// One line of the file.
  package struct Entry: Equatable, Sendable {
    /// The line in the file, counted from 1.
    package let line: Int
    /// Whether the name is a prefix (`+`) rather than a whole local part.
    package let isPrefix: Bool
    /// The local part or prefix, as written.
    package let name: [UInt8]
    /// What mail to the name is delivered with.
    package let assignment: Assignment

    /// The key of the entry's record in `users/cdb`: `!`, the name in small letters, and a NUL
    /// unless it is a prefix.
    package var key: [UInt8] {
      var key: [UInt8] = []
      key.reserveCapacity(name.count + 2)
      key.append(UInt8(ascii: "!"))
      for byte in name { key.append(byte.lowercased) }
      if !isPrefix { key.append(0) }
      return key
    }
  }

  /// The entries in the order of the file; for a name that comes twice the first one counts.
  package let entries: [Entry]

  /// Parses the file.
  ///
  /// - Parameters:
  ///   - contents: The bytes of the file.
  ///   - path: Its path, for errors.
  /// - Throws: `FileFormatError` where `qmail-newu` says `bad format in users/assign`.
  package init(parsing contents: [UInt8], path: FilePath) throws(FileFormatError) {
    var entries: [Entry] = []
    var last = 0
    for line in NumberedLines(contents) {
      last = line.number
      if line.bytes.first == UInt8(ascii: ".") {
        self.entries = entries
        return
      }
      guard line.isTerminated else { break }
      entries.append(try Self.entry(line, path))
    }
    throw FileFormatError(path, line: last + 1, expected: "a line with a dot at the end")
  }

  private static func entry(
    _ line: NumberedLines.Line, _ path: FilePath
  ) throws(FileFormatError) -> Entry {
    func fail(_ expected: String) -> FileFormatError {
      FileFormatError(path, line: line.number, expected: expected)
    }
    guard !line.bytes.contains(0) else { throw fail("no NUL") }
    guard let colon = line.bytes.firstIndex(of: .colon), colon > line.bytes.startIndex else {
      throw fail("=LOCAL:USER:UID:GID:HOME:DASH:EXT: or +PREFIX:..., or a dot to end the file")
    }
    let fields = line.bytes[(colon + 1)...]
    guard let assignment = Assignment(fields: fields) else {
      throw fail("7 colons, found \(fields.colonFields.count)")
    }
    return Entry(
      line: line.number, isPrefix: line.bytes.first == UInt8(ascii: "+"),
      name: Array(line.bytes[..<colon].dropFirst()), assignment: assignment)
  }
}

extension Assignment {
  /// Takes the fields of a line, a colon after each; nil when there are too few.
  fileprivate init?(fields: ArraySlice<UInt8>) {
    var data: [UInt8] = []
    data.reserveCapacity(fields.count)
    var count = 0
    for byte in fields {
      if byte == .colon { count += 1 }
      if count == Self.fieldCount { break }
      data.append(byte == .colon ? 0 : byte)
    }
    guard count == Self.fieldCount else { return nil }
    self.init(record: data)
  }
}

extension UserAssignments {
  /// The records of the `users/cdb` that `qmail-newu` makes of the file, in its order.
  ///
  /// The last one has an empty key and tells with which characters a prefix may end.
  package var records: [(key: [UInt8], data: [UInt8])] {
    var records: [(key: [UInt8], data: [UInt8])] = []
    var lastCharacters: [UInt8] = []
    for entry in entries {
      records.append((entry.key, entry.assignment.data))
      if entry.isPrefix, let last = entry.name.last, !lastCharacters.contains(last) {
        lastCharacters.append(last)
      }
    }
    return records + [([], lastCharacters)]
  }
}
