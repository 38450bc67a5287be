internal import SystemSupport

/// What a builder reports of its inputs in a depfile.
///
/// One absolute path a line. A path that ends in a slash is a directory, whose names count; one
/// that ends in an asterisk stands for the names in a directory that begin so. The line `# opaque`
/// says that something was read that no file shows, such as a database. So does a path that is not
/// UTF-8, or was repaired to be it: it cannot be watched.
package struct DependencyReport: Equatable, Sendable {
  package private(set) var keys: [String] = []
  package private(set) var isOpaque = false
  /// How many paths are not UTF-8, or hold the character by which a writer replaced what is not.
  package private(set) var unwatchable = 0

  private static let replacement: Unicode.Scalar = "\u{fffd}"

  package init(_ contents: [UInt8]) {
    var seen: Set<String> = []
    for line in NumberedLines(contents) {
      guard let text = String(validating: line.bytes, as: UTF8.self),
        !text.unicodeScalars.contains(Self.replacement)
      else {
        if line.bytes.first == UInt8(ascii: "/") { unwatchable += 1 }
        continue
      }
      if text == "# opaque" { isOpaque = true }
      if text.hasPrefix("/"), seen.insert(text).inserted { keys.append(text) }
    }
    if unwatchable > 0 { isOpaque = true }
  }
}
