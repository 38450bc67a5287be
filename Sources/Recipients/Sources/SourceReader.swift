internal import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Something that a list of recipients was made from.
package enum RecipientSource: Hashable, Sendable, CustomStringConvertible {
  /// A file that was read, or looked for in vain: it may appear.
  case file(FilePath)
  /// A directory whose names were read.
  case directory(FilePath)

  /// The path as it was opened; a directory's ends with a slash.
  package var description: String {
    switch self {
    case .file(let path): path.string
    case .directory(let path): path.string == "/" ? "/" : path.string + "/"
    }
  }
}

/// Reads files and directories, and remembers which.
struct SourceReader {
  private(set) var sources: [RecipientSource] = []

  /// The contents of a file.
  ///
  /// - Throws: `SystemError` when it is not there or cannot be read.
  mutating func contents(of path: FilePath) throws(SystemError) -> [UInt8] {
    sources.append(.file(path))
    return try FileReading.contents(of: path)
  }

  /// The contents of a file, or nil when nothing is there.
  ///
  /// - Throws: `SystemError` when it is there but cannot be read.
  mutating func contentsIfPresent(of path: FilePath) throws(SystemError) -> [UInt8]? {
    sources.append(.file(path))
    return try FileReading.contentsIfPresent(of: path)
  }

  /// The names of the `.qmail` files in a directory, in order.
  ///
  /// - Throws: `SystemError` when it is not there or cannot be read.
  mutating func dotQmailNames(in directory: FilePath) throws(SystemError) -> [[UInt8]] {
    sources.append(.directory(directory))
    return try DotQmailDirectory.names(in: directory)
  }

  /// Remembers a source that somebody else reads.
  mutating func note(_ source: RecipientSource) { sources.append(source) }

  /// Each source once, sorted by path.
  var distinctSources: [RecipientSource] {
    Set(sources).map { ($0, Array($0.description.utf8)) }
      .sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
  }

  /// Remembers the sources of another reader.
  mutating func note(_ reader: SourceReader) { sources += reader.sources }
}
