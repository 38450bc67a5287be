import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Logins of domains whose mailboxes vpopmail keeps in SQL.
///
/// The program here is a stand-in for vuserinfo over SQL: with the options `-n -p -g` it prints
/// what the real one does, name, hash and flags on a line each.
@Suite(.scratch, .timeLimit(.minutes(1))) struct LoginsInSQLTests {
  /// A tree with a domain in SQL beside the one with a vpasswd file, and an alias domain of it.
  private func tree(vuserinfo: String) throws -> LoginTree {
    let tree = try LoginTree()
    try tree.assign([
      ("example.org", "example.org"), ("sql.org", "sql.org"), ("sql.net", "sql.org"),
    ])
    try tree.directory("sql.org").appending(".qmail-default").write("| /v/bin/vdelivermail '' x\n")
    try tree.path("/home/vpopmail/bin/vuserinfo").write("#!/bin/sh\n\(vuserinfo)\n", mode: 0o755)
    return tree
  }

  /// A stand-in that checks its arguments and prints these lines.
  private func printing(_ lines: String...) -> String {
    "[ \"$*\" = '-n -p -g -D sql.org' ] || exit 3\n"
      + lines.map { "printf '%s\\n' '\($0)'" }.joined(separator: "\n")
  }

  @Test func `mailboxes of SQL may log in, at alias domains too`() throws {
    let tree = try tree(
      vuserinfo: printing("postmaster", "$6$salt$PostHash", "0", "eve", "$1$salt$EvesHash", "2"))
    #expect(
      try tree.records()
        == [
          "+3,16:ann->$6$salt$AnnsHash", "+15,16:bob@example.org->$1$salt$BobsHash",
          "+11,16:eve@sql.net->$1$salt$EvesHash", "+11,16:eve@sql.org->$1$salt$EvesHash",
          "+18,16:postmaster@sql.net->$6$salt$PostHash",
          "+18,16:postmaster@sql.org->$6$salt$PostHash",
        ])
  }

  @Test func `progress counts a domain in SQL when its program has ended`() throws {
    let tree = try tree(vuserinfo: printing("eve", "$1$salt$EvesHash", "2"))
    var observer = LoginReader.Observer()
    var seen: [Int] = []
    observer.progress = { done, total in
      seen.append(done)
      #expect(total == 2)
    }
    var reader = LoginReader(tree.layout, observer: observer)
    _ = try reader.readAll()
    #expect(seen == seen.sorted())
    // The domain of files, that in SQL, and all.
    #expect(seen.suffix(2) == [2, 2])
    #expect(seen.contains(where: { $0 < 2 }))
  }

  @Test func `a line of dashes before each mailbox is none of it`() throws {
    let rule = String(repeating: "-", count: 42)
    let tree = try tree(
      vuserinfo: printing(rule, "eve", "$1$s$EvesHash", "0", rule, "zoe", "$1$s$ZoesHash", "0"))
    let records = try tree.records()
    #expect(records.contains("+11,13:eve@sql.org->$1$s$EvesHash"))
    #expect(records.contains("+11,13:zoe@sql.org->$1$s$ZoesHash"))
    #expect(records.count == 6)
  }

  @Test func `flags that forbid SMTP or relaying and locked passwords leave a mailbox out`() throws
  {
    let tree = try tree(
      vuserinfo: printing(
        "nosmtp", "$1$s$AHash", "2048", "norelay", "$1$s$BHash", "32", "locked", "!x", "0",
        "none", "", "0", "nopop", "$1$s$CHash", "2"))
    #expect(
      try tree.records().filter { $0.contains("sql.org") } == [
        "+13,10:nopop@sql.org->$1$s$CHash"
      ])
    let said = try tree.mkauth("-v").text
    #expect(said.contains("nosmtp@sql.org"))
    #expect(said.contains("the mailbox's flags forbid SMTP"))
    #expect(try tree.mkauth("--explain", "norelay@sql.net").text.contains("forbid relaying"))
  }

  @Test(
    arguments: [
      ("exit 0", "it lists no mailbox"), ("echo '$1$s$SecretHash'; exit 1", "exit 1"),
      ("kill -9 $$", "killed by signal 9"),
      ("printf 'eve\\n$1$s$SecretHash\\n'", "it did not print"),
      ("printf 'eve\\n$1$s$SecretHash\\n0'", "it did not print"),
      ("printf 'eve\\n$1$s$SecretHash\\nall services available\\n'", "it did not print"),
      ("printf 'e\\033c\\n$1$s$SecretHash\\n0\\n'", "it did not print"),
      ("printf '\\n$1$s$SecretHash\\n0\\n'", "it did not print"),
      ("printf 'eve\\n$1$s$SecretHash\\n0\\n$1$s$SecretHash\\n'", "it did not print"),
    ])
  func `a program that fails is told without what it printed`(
    vuserinfo: String, reason: String
  ) throws {
    let tree = try tree(vuserinfo: vuserinfo)
    let result = try tree.mkauth("-v", "-c", tree.database.string)
    #expect(result.code == 111)
    #expect(
      result.text.contains("\(tree.directory("sql.org").appending("vpasswd").string): No such"))
    #expect(result.text.contains("bin/vuserinfo -n -p -g -D sql.org: \(reason)"))
    #expect(!result.text.contains("SecretHash"))
    #expect(try FileStatus.of(tree.database) == nil)

    let rest = try tree.mkauth("--keep-going", "-c", tree.database.string)
    #expect(rest.code == 0)
    #expect(rest.text.contains("left out: sql.org"))
    #expect(!rest.text.contains("SecretHash"))
  }

  @Test func `an explanation asks the program, and shows no hash`() throws {
    let tree = try tree(vuserinfo: printing("eve", "$1$s$EvesHash", "0"))
    let text = try tree.mkauth("--explain", "eve@sql.net").text
    #expect(text.contains("eve@sql.net: accepted, by the output of "))
    #expect(text.contains("vuserinfo -n -p -g -D sql.org"))
    #expect(!text.contains("EvesHash"))
    #expect(
      try tree.mkauth("--explain", "x@sql.org").text.contains("no such mailbox in the output"))
  }

  @Test func `the list of sources says that no file shows the mailboxes`() throws {
    let tree = try tree(vuserinfo: printing("eve", "$1$s$EvesHash", "0"))
    let depfile = tree.root.appending("depfile")
    try tree.mkauth("--depfile", depfile.string)
    #expect(try depfile.text.split(separator: "\n").contains("# opaque"))
    try tree.assign([("example.org", "example.org")])
    try tree.mkauth("--depfile", depfile.string)
    #expect(try !depfile.text.contains("# opaque"))
  }

  @Test func `nothing that the program printed is left in a file beside the database`() throws {
    let tree = try tree(vuserinfo: printing("eve", "$1$s$EvesHash", "0"))
    try tree.mkauth("-c", tree.database.string)
    #expect(try FileStatus.of(tree.database)?.mode == 0o640)
    #expect(try FileReading.names(in: tree.layout.control).map(\.string) == ["auth.cdb"])
  }
}
