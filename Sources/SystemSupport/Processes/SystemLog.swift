internal import CLinux

/// syslog(3), for what operators do: who did what to whom, and what came of it.
package enum SystemLog {
  /// Writes one line to the facility that keeps who used which right (`auth`).
  ///
  /// - Parameters:
  ///   - program: The name that stands before the line.
  ///   - text: One line, safe to show.
  package static func note(_ program: String, _ text: String) {
    unsafe linux_log_auth("\(program): \(text)")
  }
}
