package import SystemPackage
package import SystemSupport

/// Why the configuration cannot be used.
package enum SettingsError: ConfigurationFault, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(SystemError)
  /// Others than its owner can change the file, so that they would command us.
  case untrusted(FilePath, complaint: String)
  /// What the file says cannot be used: every problem that was found, in the order of the lines.
  case refused(FilePath, [Problem])

  /// One thing that is wrong in the file.
  package struct Problem: Equatable, Sendable {
    /// The line, counted from 1; nil where the whole file is meant.
    package let line: Int?
    /// The place of the value, such as `rules."users/cdb".timeout`; empty for the whole file.
    package let key: String
    /// What was expected there, safe to show.
    package let reason: String

    package init(line: Int?, key: String, reason: String) {
      self.line = line
      self.key = key
      self.reason = reason
    }
  }

  /// One line for each problem.
  package var messages: [String] {
    switch self {
    case .unreadable(let error): [error.description]
    case .untrusted(let path, let complaint): ["unable to trust \(path.visible): \(complaint)"]
    case .refused(let path, let problems): problems.map { Self.message(path, $0) }
    }
  }

  /// The first problem in one line, and how many more there are.
  package var description: String {
    let messages = messages
    let more = messages.count > 1 ? " (and \(messages.count - 1) more)" : ""
    return (messages.first ?? "unable to use the configuration") + more
  }

  private static func message(_ path: FilePath, _ problem: Problem) -> String {
    var words = ["unable to use \(path.visible)"]
    if let line = problem.line { words.append("line \(line)") }
    if !problem.key.isEmpty { words.append(problem.key) }
    return (words + [problem.reason]).joined(separator: ": ")
  }
}
