internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// A control file of ours that lists keys: an address or `@domain` a line.
struct RecipientKeys: Sendable {
  /// Each key in small letters, with the first line that has it.
  let lines: [[UInt8]: Int]
  let path: FilePath
  /// The entries that are neither an address nor a domain: one with a blank or a carriage return
  /// would match nobody, and what was to be refused would be taken.
  let problems: [RecipientProblem]

  /// Reads the file; without it there are no keys.
  ///
  /// - Throws: `SystemError` when it is there but cannot be read.
  init(of path: FilePath, reader: inout SourceReader) throws(SystemError) {
    var lines: [[UInt8]: Int] = [:]
    var problems: [RecipientProblem] = []
    for entry in ControlFile.entries(of: try reader.contentsIfPresent(of: path) ?? []) {
      let key = entry.bytes.lowercased
      guard let at = key.lastIndex(of: UInt8(ascii: "@")), at < key.endIndex - 1,
        key.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
      else {
        let error = FileFormatError(path, line: entry.line, expected: "an address or @domain")
        problems.append(RecipientProblem(nil, "\(error)"))
        continue
      }
      if lines[key] == nil { lines[key] = entry.line }
    }
    self.lines = lines
    self.path = path
    self.problems = problems
  }
}
