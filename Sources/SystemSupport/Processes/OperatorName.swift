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

  /// Who it is, and where nobody tells that, from which terminal and with whose rights: so that two
  /// of them can be told apart.
  ///
  /// Foreign bytes, not yet safe to show.
  package static var orPlace: String { current ?? "uid \(getuid()) \(place)" }

  private static var place: String {
    var buffer = [CChar](repeating: 0, count: 64)
    guard unsafe ttyname_r(0, &buffer, buffer.count) == 0 else { return "without a terminal" }
    let name = String(
      decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "on \(name.hasPrefix("/dev/") ? String(name.dropFirst(5)) : name)"
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
