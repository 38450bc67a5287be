package import SystemPackage
internal import SystemSupport

/// Where a recipient comes from.
package enum RecipientOrigin: Equatable, Sendable, CustomStringConvertible {
  /// A line of a file, counted from 1.
  case line(FilePath, Int)
  /// An entry of a directory: a `.qmail` file.
  case entry(FilePath)
  /// A record of a .cdb file: its key.
  case record(FilePath, key: [UInt8])
  /// What a program printed: its command line, safe to show.
  case program(String)

  package var description: String {
    switch self {
    case .line(let path, let line): "\(path.visible) line \(line)"
    case .entry(let path): path.visible
    case .record(let path, let key): "\(path.visible) record \(VisibleText.escape(key))"
    case .program(let command): "the output of \(command)"
    }
  }
}
