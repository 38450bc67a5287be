package import SystemPackage

/// A program to run: its argument list, as it is, through no shell.
package struct Command: Hashable, Sendable {
  /// The program, looked up in `PATH` unless it holds a slash, and its arguments.
  package var arguments: [String]
  /// The file that the program reads as standard input; nil is `/dev/null`.
  package var standardInput: FilePath?
  /// Variables that the program gets on top of ours.
  package var environment: [String: String]
  /// Whether SIGHUP stays blocked in the program and all that it starts.
  package var isDeafToHangup = false

  package init(
    _ arguments: [String], standardInput: FilePath? = nil, environment: [String: String] = [:]
  ) {
    self.arguments = arguments
    self.standardInput = standardInput
    self.environment = environment
  }

  /// The command as a person would type it into a shell, safe to show.
  package var typed: String {
    let words = arguments.map(Self.quote).joined(separator: " ")
    guard let standardInput else { return words }
    return words + " < " + Self.quote(standardInput.string)
  }

  private static func quote(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "+", "=", ".", "/", ":", ",", "@", "%": true
      default: false
      }
    }
    if plain, !word.isEmpty { return word }
    return "'"
      + VisibleText.escape(word).split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
