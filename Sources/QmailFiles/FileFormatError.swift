package import SystemPackage
internal import SystemSupport

/// A line of a file that does not say what its format asks for.
package struct FileFormatError: Error, Equatable, CustomStringConvertible {
  /// The file, as it was opened on this machine.
  package let path: FilePath
  /// The line, counted from 1.
  package let line: Int
  /// What the line should have held.
  package let expected: String

  package init(_ path: FilePath, line: Int, expected: String) {
    self.path = path
    self.line = line
    self.expected = expected
  }

  package var description: String {
    "unable to parse \(path.visible): line \(line): expected \(expected)"
  }
}
