import ConstantDatabase
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Our own builders against qmail's, by the files that those made, and against others' programs.
@Suite(.scratch, .timeLimit(.minutes(5))) struct OwnBuilderTests {
  static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("RecipientsTests/Fixtures")

  static let trees = ["tree1", "tree2", "tree3", "tree4", "tree5", "tree6", "vpopmail"]

  @Test(arguments: trees) func `users/cdb is qmail-newu's, byte for byte`(_ tree: String) throws {
    let users = Self.fixtures.appending("\(tree)/root/var/qmail/users")
    let server = try TestServer()
    let assign = server.settings.layout.users.appending("assign")
    try assign.write(try FileReading.contents(of: users.appending("assign")))
    #expect(try server.run("users/cdb") == .built)
    let ours = try FileReading.contents(of: server.settings.layout.users.appending("cdb"))
    #expect(try ours == FileReading.contents(of: users.appending("cdb")))
  }

  @Test(arguments: trees)
  func `morercpthosts.cdb is qmail-newmrh's, byte for byte`(_ tree: String) throws {
    let control = Self.fixtures.appending("\(tree)/root/var/qmail/control")
    guard let text = try FileReading.contentsIfPresent(of: control.appending("morercpthosts"))
    else {
      return
    }
    let server = try TestServer()
    try server.control("morercpthosts").write(text)
    #expect(try server.run("morercpthosts.cdb") == .built)
    let ours = try FileReading.contents(of: server.control("morercpthosts.cdb"))
    #expect(try ours == FileReading.contents(of: control.appending("morercpthosts.cdb")))
  }

  @Test(arguments: ["morercpthosts", "morevalidrcptto"])
  func `tinycdb and freecdb make the same bytes of the same records`(_ name: String) throws {
    let server = try TestServer()
    let lines = (0..<5000).map { "User\($0)@D\($0 % 97).Example \t" }
    try server.control(name).write(
      "# comment\n\n" + lines.joined(separator: "\n") + "\n\tleading\r\nlast line without end")
    #expect(try server.run("\(name).cdb") == .built)
    let ours = server.control("\(name).cdb")
    let (theirs, others) = (server.path("tinycdb"), server.path("freecdb"))
    try shell(
      "cdb -d $1 | cdb -c -t $2.t $2; cdbdump <$1 | cdbmake $3 $3.t; cmp $1 $2; cmp $1 $3", ours,
      theirs, others)
    #expect(try ConstantDatabase(opening: ours).verify() == 5002)
  }

  @Test func `a list of several batches is built as a whole`() throws {
    let server = try TestServer()
    let names = (0..<60_000).map { "customer\($0).example" }
    try server.control("morercpthosts").write(names.joined(separator: "\n") + "\n")
    #expect(try server.run("morercpthosts.cdb") == .built)
    let (ours, theirs) = (server.control("morercpthosts.cdb"), server.path("tinycdb"))
    try shell("cdb -d $1 | cdb -c -t $2.t $2; cmp $1 $2", ours, theirs)
    #expect(try ConstantDatabase(opening: ours).verify() == names.count)
  }

  @Test func `a bad line of users/assign is told with its number, and the old cdb stays`() throws {
    let server = try TestServer()
    let assign = server.settings.layout.users.appending("assign")
    try assign.write("=a:b:1:1:/h:::\n.\n")
    try server.pass()
    let old = try FileReading.contents(of: server.settings.layout.users.appending("cdb"))
    for (text, line) in [
      ("=a:b:1:1:/h:::\nbad\n.\n", "assign: line 2: "), ("=a:b:1:1:/h:::\n", "assign"),
    ] {
      try assign.write(text)
      let summary = try server.entry("users/cdb").run?.summary
      #expect(summary?.contains(line) == true, "\(summary ?? "")")
      #expect(
        try FileReading.contents(of: server.settings.layout.users.appending("cdb")) == old)
    }
  }

  @Test func `tcprules' product is tcprules' own`() throws {
    let server = try TestServer()
    try server.path("etc/tcp.smtp").write(
      "127.:allow,RELAYCLIENT=\"\"\n10.0.0.5-7:deny\n# comment\n:allow,A=xbx\n")
    try server.path("etc/tcprules.d/imap").write(":deny\n")
    for noise in ["imap.tmp", "imap.bak", "imap~", ".imap.swp", "imap.4711", "README", "imap.cdb"] {
      try server.path("etc/tcprules.d/\(noise)").write(":allow\n")
    }
    try FileOperations.makeDirectory(server.path("etc/tcprules.d/kept"))
    try FileOperations.remove(server.path("etc/tcprules.d/imap.cdb"))
    let result = try server.pass()
    #expect(!result.isTrouble)
    let ran = result.entries.filter { $0.run != nil }.map(\.rule.name)
    #expect(ran == ["tcp.smtp.cdb", "/etc/tcprules.d/imap.cdb"])
    #expect(
      try server.dump(server.path("etc/tcp.smtp.cdb")) == [
        "+4,14:127.->+RELAYCLIENT=\\x00", "+8,2:10.0.0.5->D\\x00", "+8,2:10.0.0.6->D\\x00",
        "+8,2:10.0.0.7->D\\x00", "+0,5:->+A=b\\x00",
      ])
    #expect(try server.dump(server.path("etc/tcprules.d/imap.cdb")) == ["+0,2:->D\\x00"])
  }

  @Test func `vpopmail's rules are the tree's own, and left alone while roaming users are in them`()
    throws
  {
    let server = try TestServer()
    try server.path("etc/passwd").write("vpopmail:x:89:89::/home/vpopmail:/bin/true\n")
    let text = server.path("home/vpopmail/etc/tcp.smtp")
    try text.write(":allow\n")
    let name = "/home/vpopmail/etc/tcp.smtp.cdb"
    #expect(try server.run(name) == .built)
    #expect(try server.dump(FilePath(text.string + ".cdb")) == ["+0,0:->"])
    try server.path("home/vpopmail/etc/open-smtp").write("")
    #expect(try server.pass().entries.allSatisfy { $0.rule.name != name })
  }
}
