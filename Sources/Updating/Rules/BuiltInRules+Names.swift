/// The names of the built-in rules, also of those whose programs and services are not here.
extension BuiltInRules {
  /// The rules whose products both we and a program of qmail can build.
  static let builtByBoth = ["users/cdb", "morercpthosts.cdb", "morevalidrcptto.cdb"]

  /// The only rule that restarts a service.
  static let sendRestart = (name: "qmail-send restart", timeout: Duration.seconds(300))

  /// The rules that have the same name everywhere.
  static let names =
    builtByBoth + [
      "aliases.cdb", sendRestart.name, "qmail-send", "badmimetypes.cdb",
      "badloadertypes.cdb", "mailfromrules.cdb", "recipients.cdb", "simcontrol.cdb",
      "tcp.smtp.cdb", "validrcptto.cdb", "auth.cdb",
    ]

  static func isBuiltByBoth(_ name: String) -> Bool { builtByBoth.contains(name) }

  /// Whether a name is or may be that of a built-in rule; tcpserver's rules are named by their
  /// files.
  static func isName(_ name: String) -> Bool {
    if names.contains(name) { return true }
    guard name.hasSuffix(".cdb") else { return false }
    return ["/etc/tcp/", "/etc/tcprules.d/"].contains(where: name.hasPrefix)
      || name.hasPrefix("/") && name.hasSuffix("/etc/tcp.smtp.cdb")
  }
}
