import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// From a mailbox that vpopmail adds to the lists that qmail-smtpd looks in: the service, its watch
/// and its builders together.
@Suite(.scratch, .timeLimit(.minutes(3))) struct NewMailboxTests {
  private static let domain = "home/vpopmail/domains/example.org"

  /// A server with one of vpopmail's domains, the mailbox ann in it, and both lists made.
  private func server() throws -> ToolServer {
    let server = try ToolServer()
    let files = [
      "etc/passwd": "vpopmail:x:89:89::/home/vpopmail:/bin/sh\n", "etc/shadow": "",
      "var/qmail/alias/.qmail-postmaster": "ann\n",
      "var/qmail/users/assign":
        "+example.org-:example.org:89:89:/\(Self.domain):-::\n.\n",
      "\(Self.domain)/.qmail-default": "| /bin/vdelivermail '' bounce-no-mailbox\n",
      "\(Self.domain)/vpasswd": line(of: "ann"),
    ]
    for (name, text) in files { try server.path(name).write(text) }
    try server.control("locals").write("")
    try server.control("rcpthosts").write("example.org\n")
    try server.control("virtualdomains").write("example.org:example.org\n")
    for list in Self.lists { #expect(try server.run(list).code == 0) }
    return server
  }

  private func line(of name: String) -> String {
    "\(name):$6$salt$hash:1:0:\(name):/\(Self.domain)/\(name):NOQUOTA\n"
  }

  /// Adds a mailbox as vpopmail does: the new file is private until it has its name.
  private func add(_ name: String, to server: ToolServer) throws {
    try shell(
      "umask 077; { cat $1; printf '%s' \"$2\"; } >$1.bak.77; mv $1.bak.77 $1; chmod 644 $1",
      server.path("\(Self.domain)/vpasswd"), FilePath(line(of: name)))
  }

  fileprivate static let lists = [
    List(
      program: "mkvalidrcptto", name: "validrcptto.cdb",
      missing: "eve@example.org: refused", present: "eve@example.org: accepted"),
    List(
      program: "mkauth", name: "auth.cdb",
      missing: "does not have the login", present: "has the login, with the same password"),
  ]

  @Test(arguments: lists)
  fileprivate func `a new mailbox is in the list in use soon, with no poke`(_ list: List) throws {
    let server = try server()
    try server.startService()
    let before = try server.run(list, "--explain", "eve@example.org")
    #expect(before.text.contains(list.missing), "\(before.text)")
    try add("eve", to: server)
    try server.wait("eve in \(list.name)") {
      let answer = try server.run(list, "--explain", "eve@example.org").text
      return answer.contains(list.present) && !answer.contains("differ")
    }
    let records = try server.dump(server.control(list.name))
    #expect(records.count == 2, "ann and eve, and nobody else: \(records)")
  }
}

extension NewMailboxTests {
  @Test(arguments: [nil, "vpopmail"])
  func `the list of recipients is made with a memory that is private to its maker`(
    user: String?
  ) throws {
    let server = try server()
    let rule = "validrcptto.cdb"
    if let user { try server.configure("[rules.\"\(rule)\"]\nuser = \"\(user)\"\n") }
    let (list, full) = (server.control(rule), server.path("full.cdb"))
    let directory = server.path("var/lib/qmail-updater/memory")
    for (name, options) in [("eve", ["--force", rule]), ("carl", []), ("dora", [])] {
      try add(name, to: server)
      let result = try Tools.run(
        [try Tools.own("update-qmail"), "--root", server.root.string] + options)
      #expect(result.code == 0, "\(result.text)")
      #expect(!result.text.contains("warning"), "\(result.text)")
      try Tools.run([
        try Tools.own("mkvalidrcptto"), "--root", server.root.string, "-c", full.string,
      ])
      #expect(try FileReading.contents(of: list) == FileReading.contents(of: full))
      // What an operator forces is made without it.
      if !options.isEmpty { #expect(try FileStatus.of(directory) == nil) }
    }
    let uid: UInt32 = user == nil ? 0 : 89
    let place = try #require(try FileStatus.of(directory.appending("\(uid)")))
    #expect(place.mode == 0o700 && place.owner == uid)
    let memory = try #require(
      try FileStatus.of(directory.appending("\(uid)").appending(rule)))
    #expect(memory.mode == 0o600 && memory.owner == uid)
  }
}

/// A list of ours, and how its program explains who is in it.
private struct List: CustomTestStringConvertible {
  let program: String
  /// The .cdb, a control file.
  let name: String
  /// What is said of somebody who is not in the .cdb; what the files say does not count.
  let missing: String
  /// What is said of somebody who is.
  let present: String

  var testDescription: String { program }
}

extension ToolServer {
  fileprivate func run(_ list: List, _ arguments: String...) throws -> Tools.Result {
    let path = "/var/qmail/control/\(list.name)"
    return try Tools.run(
      [try Tools.own(list.program), "--root", root.string, "-c", path] + arguments)
  }
}
