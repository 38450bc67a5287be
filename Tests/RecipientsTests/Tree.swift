import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport

/// A small qmail and vpopmail tree in the scratch directory, for tests to change.
struct Tree {
  let root: FilePath
  var layout: ServerLayout { ServerLayout(root: Root(root)) }

  /// Writes the files that every server has, and the ones given.
  init(_ files: [String: String] = [:]) throws {
    root = Scratch.directory
    let base = [
      "etc/passwd": """
      root:x:0:0::/root:/bin/sh
      alias:x:401:401::/var/qmail/alias:/bin/false
      vpopmail:x:89:89::/home/vpopmail:/bin/sh
      ann:x:1000:1000::/home/ann:/bin/sh

      """,
      "var/qmail/control/me": "mx.example\n",
      "var/qmail/control/rcpthosts": "mx.example\n",
      "var/qmail/alias/.qmail-postmaster": "ann\n",
      "home/ann/.qmail-news": "",
    ]
    for (name, text) in base.merging(files, uniquingKeysWith: { $1 }) { try write(name, text) }
  }

  func path(_ name: String) -> FilePath { root.appending(name) }

  func write(_ name: String, _ text: String) throws { try path(name).write(text) }

  /// Adds vpopmail's domains to rcpthosts, virtualdomains and users/assign.
  func addVpopmailDomains(
    _ names: [String], default text: String = "| /bin/vdelivermail '' bounce-no-mailbox\n"
  ) throws {
    let domains = "home/vpopmail/domains"
    try write(
      "var/qmail/users/assign",
      names.map { "+\($0)-:\($0):89:89:/\(domains)/\($0):-::\n" }.joined() + ".\n")
    try write("var/qmail/control/virtualdomains", names.map { "\($0):\($0)\n" }.joined())
    try write(
      "var/qmail/control/rcpthosts", (["mx.example"] + names).joined(separator: "\n") + "\n")
    for name in names { try write("\(domains)/\(name)/.qmail-default", text) }
  }

  /// The text of a vpasswd with these mailboxes.
  static func vpasswd(_ names: [String]) -> String {
    names.map { "\($0):$6$x$y:1:0:\($0):/home/vpopmail/domains/x/\($0):NOQUOTA\n" }.joined()
  }

  /// The addresses that are taken, sorted.
  func addresses(_ change: (inout RecipientListBuilder) -> Void = { _ in }) throws -> [String] {
    try records(change).filter { $0.value.isEmpty }.map(\.key)
  }

  /// All records, sorted.
  func records(
    _ change: (inout RecipientListBuilder) -> Void = { _ in }
  ) throws -> [(key: String, value: String)] {
    var builder = RecipientListBuilder(layout)
    change(&builder)
    return try builder.build().strings
  }
}

extension RecipientList {
  /// The records as text.
  var strings: [(key: String, value: String)] {
    var records: [(key: String, value: String)] = []
    forEachRecord { key, value in
      records.append((String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    return records
  }
}
