import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What is wrong with the files is told with file and line, writes nothing, and shows no hash.
@Suite(.scratch, .timeLimit(.minutes(1))) struct LoginErrorsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// What the message must hold, after the root of the tree.
    let message: String
    let damage: @Sendable (LoginTree) throws -> Void
  }

  static let cases: [Case] = [
    Case(
      testDescription: "a vpasswd line with too few fields",
      message: "/home/vpopmail/domains/example.org/vpasswd: line 2: expected NAME:HASH"
    ) { try $0.vpasswd("example.org", ["a:$1$s$SecretHash:1:0:::", "b:$1$s$SecretHash:1"]) },
    Case(
      testDescription: "a vpasswd line without a name",
      message: "/home/vpopmail/domains/example.org/vpasswd: line 1: expected a name"
    ) { try $0.vpasswd("example.org", [":$1$s$SecretHash:1:0:::"]) },
    Case(
      testDescription: "flags that are no number",
      message: "/home/vpopmail/domains/example.org/vpasswd: line 2: expected a number"
    ) {
      try $0.vpasswd(
        "example.org", ["a:$1$s$SecretHash:1:0:::", "b:$1$s$SecretHash:1:0x20:::"])
    },
    Case(
      testDescription: "a domain without its directory",
      message:
        "/home/vpopmail/domains/gone.org/vpasswd: No such file or directory (ROOT/var/qmail/users/assign line 1)"
    ) { try $0.assign([("gone.org", "gone.org")]) },
    Case(
      testDescription: "a vpasswd that is a directory",
      message: "/home/vpopmail/domains/dir.org/vpasswd: Invalid argument"
    ) {
      try $0.assign([("dir.org", "dir.org")])
      try FileOperations.makeDirectory($0.directory("dir.org").appending("vpasswd"))
    },
    Case(
      testDescription: "a domain whose mailboxes are in SQL",
      message: "/home/vpopmail/domains/sql.org/vpasswd: No such file or directory"
    ) {
      try $0.assign([("sql.org", "sql.org")])
      try $0.directory("sql.org").appending(".qmail-default").write("| /v/bin/vdelivermail '' x\n")
    },
    Case(
      testDescription: "a table without its end",
      message: "/var/qmail/users/assign: line 2: expected a line with a dot at the end"
    ) { try $0.layout.users.appending("assign").write("+a-:a:1:1:/a:-::\n") },
    Case(
      testDescription: "a relative directory",
      message: "/var/qmail/users/assign line 1 gives no absolute home directory"
    ) { try $0.layout.users.appending("assign").write("+a-:a:1:1:a:-::\n.\n") },
    Case(
      testDescription: "an empty directory",
      message: "/var/qmail/users/assign line 2 gives no absolute home directory"
    ) {
      try $0.layout.users.appending("assign").write("=b:b:1:1:/b:-::\n+a-:a:1:1::-::\n.\n")
    },
    Case(
      testDescription: "a control byte in the name of a mailbox",
      message: "/home/vpopmail/domains/example.org/vpasswd: line 2: expected a name without control"
    ) {
      try $0.vpasswd("example.org", ["a:$1$s$SecretHash:1:0:::", "b\u{1b}:$1$s$SecretHash:1:0:::"])
    },
    Case(
      testDescription: "a variable without quotes",
      message: "/var/qmail/control/auth.vars: line 2: expected NAME=\"value\""
    ) { try $0.variables("# hi\nbob X=1\n") },
  ]

  @Test(arguments: cases)
  func `it is told with file and line, and nothing is written`(_ row: Case) throws {
    let tree = try LoginTree()
    try tree.mkauth("-c", tree.database.string)
    let before = try FileStatus.of(tree.database)
    try row.damage(tree)
    for arguments in [[], ["-v"], ["-v", "-c", tree.database.string]] {
      let result = try Tools.run(
        [try Tools.own("mkauth"), "--root", tree.root.string] + arguments)
      #expect(result.code == 111)
      #expect(result.lines.contains { $0.hasPrefix("mkauth: fatal: unable to ") })
      #expect(
        result.text.contains(
          tree.root.string + row.message.replacing("ROOT", with: tree.root.string)))
      #expect(!result.text.contains("Hash:") && !result.text.contains("SecretHash"))
    }
    #expect(try FileStatus.of(tree.database) == before)
    #expect(
      try FileReading.names(in: tree.layout.control).allSatisfy { $0.string.hasPrefix("auth.") })
  }

  @Test func `every domain that is wrong is told`() throws {
    let tree = try LoginTree()
    try tree.assign([("a.org", "a.org"), ("example.org", "example.org"), ("b.org", "b.org")])
    let result = try tree.mkauth()
    #expect(result.lines.filter { $0.hasPrefix("mkauth: fatal: unable to list ") }.count == 2)
  }

  @Test func `keep going leaves out the domain that is wrong, and says so`() throws {
    let tree = try LoginTree()
    try tree.assign([("gone.org", "gone.org"), ("example.org", "example.org")])
    let result = try tree.mkauth("--keep-going", "-c", tree.database.string)
    #expect(result.code == 0)
    #expect(result.text.contains("mkauth: warning: unable to list gone.org: "))
    #expect(
      try Tools.run(["cdb", "-q", tree.database.string, "bob@example.org"]).text
        == "$1$salt$BobsHash")
  }
}
