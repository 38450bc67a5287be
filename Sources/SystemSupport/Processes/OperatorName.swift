internal import Glibc

/// Who is behind a program that runs as root, as far as the environment tells.
package enum OperatorName {
  /// The user of sudo, else the login name, with the address of an ssh client.
  ///
  /// Nil when none is known. Foreign bytes, not yet safe to show.
  package static var current: String? {
    let user = variable("SUDO_USER") ?? variable("LOGNAME") ?? variable("USER")
    let client = variable("SSH_CONNECTION")?.split(separator: " ").first.map { " from \($0)" }
    guard user != nil || client != nil else { return nil }
    return (user ?? "somebody") + (client ?? "")
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
