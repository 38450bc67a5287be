internal import CLinux

/// syslog(3), for what operators do: who did what to whom, and what came of it.
package enum SystemLog {
  /// Writes one line to the facility that keeps who used which right (`auth`).
  ///
  /// The program's name is put before it.
  ///
  /// - Parameter text: One line, safe to show.
  package static func note(_ text: String) { unsafe linux_log_auth(text) }
}
