import ConstantDatabase
import Glibc
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What is a login and what is not, seen through the real tool and the installed `cdb`.
@Suite(.scratch, .timeLimit(.minutes(1))) struct LoginReaderTests {
  @Test func `users and mailboxes are logins, in alias domains too`() throws {
    #expect(
      try LoginTree().records() == [
        "+3,16:ann->$6$salt$AnnsHash", "+13,16:bob@alias.net->$1$salt$BobsHash",
        "+15,16:bob@example.org->$1$salt$BobsHash",
      ])
  }

  @Test(arguments: [
    (0x1, true), (0x2, true), (0x4, true), (0x8, true), (0x10, true), (0x20, false), (0x40, true),
    (0x800, false), (0x1000, true), (0x820, false), (0x821, false), (0x2000, true),
  ])
  func `flags that forbid SMTP or relaying, and no others, leave a mailbox out`(
    _ flags: Int, _ isLogin: Bool
  ) throws {
    let tree = try LoginTree()
    try tree.vpasswd("example.org", ["eve:$1$s$h:1:\(flags):Eve:/x/eve:NOQUOTA"])
    #expect(try tree.records().contains { $0.contains("eve@example.org") } == isLogin)
  }

  @Test(arguments: ["", "!", "*", "!$1$s$h", "x", "NP", "no password"])
  func `a mailbox without a usable hash is left out`(_ hash: String) throws {
    let tree = try LoginTree()
    try tree.vpasswd("example.org", ["eve:\(hash):1:0:Eve:/x/eve:NOQUOTA"])
    #expect(try tree.records() == ["+3,16:ann->$6$salt$AnnsHash"])
  }

  @Test func `of two mailboxes with one name the first counts, also when it is refused`() throws {
    let tree = try LoginTree()
    try tree.assign([("example.org", "example.org")])
    try tree.vpasswd(
      "example.org",
      [
        "eve:$1$s$1:1:32:Eve:/x:NOQUOTA", "bob:$1$s$2:1:0:Bob:/x:NOQUOTA",
        "eve:$1$s$3:1:0:Eve:/x:NOQUOTA", "bob:$1$s$4:1:0:Bob:/x:NOQUOTA",
      ])
    #expect(try tree.records() == ["+3,16:ann->$6$salt$AnnsHash", "+15,6:bob@example.org->$1$s$2"])
  }

  @Test func `a last line without a newline is left out, as vpopmail does, and said`() throws {
    let tree = try LoginTree()
    try tree.directory("example.org").appending("vpasswd").write("bob:$1$s$h:1:0:B:/x:NOQUOTA")
    let result = try tree.mkauth("-n", "-c", tree.database.string)
    #expect(result.code == 0)
    #expect(result.text.contains("mkauth: warning: bob@example.org left out: the line lacks its"))
    #expect(try Tools.run(["cdb", "-d", tree.database.string]).lines.isEmpty)
  }

  @Test func `variables follow the hash of the very login that they name`() throws {
    let tree = try LoginTree()
    try tree.variables("bob@alias.net DATABYTES=\"1000\" X=\"a b\"\nann Y=\"1\"\nnobody Z=\"1\"\n")
    #expect(
      try tree.records() == [
        #"+3,22:ann->$6$salt$AnnsHash,Y="1""#,
        #"+13,41:bob@alias.net->$1$salt$BobsHash,DATABYTES="1000",X="a b""#,
        "+15,16:bob@example.org->$1$salt$BobsHash",
      ])
  }

  @Test func `root, by whichever name, never logs in by mail`() throws {
    let tree = try LoginTree()
    try tree.passwd([
      "root:x:0:0:root:/root:/bin/bash", "toor:x:0:0:root:/root:/bin/sh",
      "low:x:499:1:Low:/home/low:/bin/sh",
    ])
    try tree.shadow(["root:$6$s$RHash:1::::::", "toor:$6$s$THash:1::::::", "low:$6$s$L:1::::::"])
    #expect(
      try tree.records().filter { !$0.contains("@") } == ["+3,6:low->$6$s$L"])
    #expect(try tree.mkauth("-v").text.contains("toor left out: its uid is 0"))
    let explanation = try tree.mkauth("--explain", "root").text
    #expect(explanation.contains("root: refused, its uid is 0"))
    #expect(!explanation.contains("RHash"))
  }

  @Test func `variables of a login that nobody has are told with their line`() throws {
    let tree = try LoginTree()
    try tree.shadow(["root:*:1::::::", "ann:!$6$s$h:1::::::"])
    try tree.variables("# ours\nann X=\"1\"\nzoe@example.org X=\"1\"\nBob@alias.net X=\"1\"\n")
    let result = try tree.mkauth("-c", tree.database.string)
    #expect(result.code == 0)
    let file = tree.layout.control("auth.vars")
    #expect(
      result.lines == [
        "mkauth: warning: \(file) line 3: nobody has the login zoe@example.org",
        "mkauth: warning: \(file) line 4: nobody has the login Bob@alias.net",
      ])
  }

  @Test func `variables of a login in a domain that was skipped are not wondered at`() throws {
    let tree = try LoginTree()
    try tree.vpasswd("example.org", ["broken"])
    try tree.variables("bob@alias.net X=\"1\"\n")
    let result = try tree.mkauth("--keep-going", "-c", tree.database.string)
    #expect(result.code == 0)
    #expect(result.lines.count == 1 && !result.text.contains("auth.vars"))
  }

  @Test func `without users assign the domains are those of users cdb`() throws {
    let tree = try LoginTree()
    let assign = tree.layout.users.appending("assign")
    try tree.assign(
      [("example.org", "example.org"), ("alias.net", "example.org")],
      also: ["=one:one:1:1:/home/one:-::", "+ann-:ann:1:1:/home/ann:-::"])
    let expected = try tree.records()
    let writer = try ConstantDatabaseWriter(replacing: tree.layout.users.appending("cdb"))
    for record in try UserAssignmentsReader.read(assign).records {
      try writer.add(key: record.key, value: record.data)
    }
    try writer.commit(durably: false)
    try FileOperations.remove(assign)
    #expect(try tree.records() == expected)
    let depfile = Scratch.directory.appending("dep")
    try tree.mkauth("--depfile", depfile.string)
    #expect(try depfile.text.contains("\(tree.root)/var/qmail/users/cdb\n"))
    #expect(
      try tree.mkauth("--explain", "bob@none.org").text.contains(
        "none.org is no domain of vpopmail's in \(tree.root)/var/qmail/users/cdb"))
  }

  @Test func `vpopmail's domains without a table that names them are an error`() throws {
    let tree = try LoginTree()
    try FileOperations.remove(tree.layout.users.appending("assign"))
    let result = try tree.mkauth("--keep-going", "-c", tree.database.string)
    #expect(result.code == 111)
    #expect(result.text.contains("\(tree.root)/var/qmail/users/assign"))
    #expect(result.text.contains("\(tree.root)/home/vpopmail/domains"))
    #expect(try FileStatus.of(tree.database) == nil)
    try removeTree(tree.directory("example.org"))
    #expect(try tree.records() == ["+3,16:ann->$6$salt$AnnsHash"])
  }

  @Test func `without system users their files are not read`() throws {
    let tree = try LoginTree()
    try FileOperations.remove(tree.layout.shadow)
    try FileOperations.makeDirectory(tree.layout.shadow)
    #expect(try tree.mkauth("-n").code == 0)
    #expect(try tree.mkauth().code == 111)
  }

  @Test func `a missing shadow file is said, and the mailboxes are listed`() throws {
    let tree = try LoginTree()
    try FileOperations.remove(tree.layout.shadow)
    let result = try tree.mkauth()
    #expect(result.code == 0)
    #expect(result.text.contains("mkauth: warning: \(tree.layout.shadow) is missing"))
    #expect(result.text.contains("bob@example.org"))
  }

  @Test func `a user's own line in the table is no domain, nor is a foreign directory`() throws {
    let tree = try LoginTree()
    let foreign = tree.path("/home/lists")
    try foreign.appending(".qmail-default").write("|/usr/bin/list\n")
    try tree.assign(
      [("example.org", "example.org")],
      also: [
        "+ann-:ann:2000:2000:/home/gone:-::", "=ann:ann:2000:2000:/home/gone:::",
        "+lists.org-:lists.org:1:1:/home/lists:-::", "+ext-:x.org:1:1:/home/lists:-:ext:",
      ])
    #expect(try tree.records().count == 2)
  }

  @Test func `another root's links cannot lead to the machine's own hashes`() throws {
    let tree = try LoginTree()
    let path = tree.directory("example.org").appending("vpasswd")
    try FileOperations.remove(path)
    let target = tree.layout.shadow.string
    _ = path.withPlatformString { link in target.withCString { symlink($0, link) } }
    let result = try tree.mkauth("-n")
    #expect(result.code == 111)
    #expect(result.text.contains(path.string))
    #expect(!result.text.contains("Hash"))
  }
}
