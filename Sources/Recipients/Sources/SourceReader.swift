internal import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Something that a list of recipients was made from.
package enum RecipientSource: Hashable, Sendable, CustomStringConvertible {
  /// A file that was read, or looked for in vain: it may appear.
  case file(FilePath)
  /// The same, of a file beside others.
  case entry(DirectoryEntry)
  /// The names of the `.qmail` files in a directory.
  case dotQmailFiles(in: FilePath)
  /// What vpopmail's programs said, which no file shows.
  case programs

  /// The line of a depfile: a path as it was opened; names by their beginning and an asterisk.
  package var description: String {
    switch self {
    case .file(let path): path.string
    case .entry(let entry): entry.path.string
    case .dotQmailFiles(let directory): directory.appending(".qmail*").string
    case .programs: "# opaque"
    }
  }
}

/// Reads files and directories, and remembers which.
struct SourceReader {
  private(set) var sources: [RecipientSource] = []
  /// Whether anybody will ask for the sources; a large server has tens of thousands.
  private let isRemembering: Bool

  init(remembering isRemembering: Bool = true) { self.isRemembering = isRemembering }

  /// The contents of a file.
  ///
  /// - Throws: `SystemError` when it is not there or cannot be read.
  mutating func contents(of path: FilePath) throws(SystemError) -> [UInt8] {
    note(.file(path))
    return try FileReading.contents(of: path)
  }

  /// The contents of a file, or nil when nothing is there.
  ///
  /// - Throws: `SystemError` when it is there but cannot be read.
  mutating func contentsIfPresent(of path: FilePath) throws(SystemError) -> [UInt8]? {
    note(.file(path))
    return try FileReading.contentsIfPresent(of: path)
  }

  /// The names of the `.qmail` files in a directory, in order.
  ///
  /// - Throws: `SystemError` when it is not there or cannot be read.
  mutating func dotQmailNames(in directory: FilePath) throws(SystemError) -> [[UInt8]] {
    note(.dotQmailFiles(in: directory))
    return try DotQmailDirectory.names(in: directory)
  }

  /// Remembers a source that somebody else reads.
  mutating func note(_ source: RecipientSource) {
    if isRemembering { sources.append(source) }
  }

  /// Remembers the sources of another reader.
  mutating func note(_ reader: SourceReader) { sources += reader.sources }
}
