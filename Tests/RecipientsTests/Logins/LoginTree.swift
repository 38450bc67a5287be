import ConstantDatabase
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport

/// A small mail server in the scratch directory, and `mkauth` on it.
struct LoginTree {
  let root = Scratch.directory.appending("root")
  var layout: ServerLayout { ServerLayout(root: Root(root)) }
  var database: FilePath { layout.control("auth.cdb") }

  /// A tree with a user, qmail-smtpd's user, and one domain with an alias domain.
  init() throws {
    try passwd(["root:x:0:0:root:/root:/bin/bash", "ann:x:2000:2000:Ann:/home/ann:/bin/sh"])
    try shadow(["root:*:19000:0:99999:7:::", "ann:$6$salt$AnnsHash:19000:0:99999:7:::"])
    try assign([("example.org", "example.org"), ("alias.net", "example.org")])
    try vpasswd("example.org", ["bob:$1$salt$BobsHash:1:0:Bob:/x/bob:NOQUOTA"])
  }

  func path(_ inside: FilePath) -> FilePath { layout.root(inside) }

  func passwd(_ lines: [String]) throws {
    let system = [
      "qmaild:x:402:401::/var/qmail:/bin/false", "vpopmail:x:89:88::/home/vpopmail:/bin/false",
    ]
    try layout.passwd.write((lines + system).map { $0 + "\n" }.joined())
  }

  func shadow(_ lines: [String]) throws {
    try layout.shadow.write(lines.map { $0 + "\n" }.joined(), mode: 0o600)
  }

  /// Writes `users/assign` with a line for each domain and the real one that it belongs to.
  func assign(_ domains: [(domain: String, real: String)], also others: [String] = []) throws {
    let lines = domains.map {
      "+\($0.domain)-:\($0.real):89:88:/home/vpopmail/domains/\($0.real):-::"
    }
    try layout.users.appending("assign").write(
      (lines + others + ["."]).map { $0 + "\n" }.joined())
  }

  /// The directory of a domain.
  func directory(_ domain: String) -> FilePath {
    path("/home/vpopmail/domains").appending(domain)
  }

  func vpasswd(_ domain: String, _ lines: [String]) throws {
    try directory(domain).appending("vpasswd").write(lines.map { $0 + "\n" }.joined(), mode: 0o600)
  }

  func variables(_ text: String) throws { try layout.control("auth.vars").write(text) }

  /// What `mkauth` does here with these arguments.
  @discardableResult
  func mkauth(_ arguments: String...) throws -> Tools.Result {
    try FileOperations.makeDirectory(layout.control)
    return try Tools.run([try Tools.own("mkauth"), "--root", root.string] + arguments)
  }

  /// The records that `mkauth -c` writes, as the installed `cdb` reads them.
  func records() throws -> [String] {
    let result = try mkauth("-c", database.string)
    guard result.code == 0 else { throw SystemError("run mkauth", result.text, .permissionDenied) }
    return try Tools.run(["cdb", "-d", database.string]).lines
  }
}
