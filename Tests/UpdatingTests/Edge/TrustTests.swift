import Glibc
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// WATCH 19: root does not act upon what others can slip something into.
@Suite(.scratch, .timeLimit(.minutes(5))) struct TrustTests {
  /// `$1` is the input, `$2` the product, `$3` their directory.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: String
    let refusal: String?
    var trustsGroups = false
  }

  static let cases = [
    Case(testDescription: "as it should be", script: ":", refusal: nil),
    Case(
      testDescription: "input writable by everybody", script: "chmod 646 $1",
      refusal: "it is writable by everybody"),
    Case(
      testDescription: "input writable by a group", script: "chgrp 7 $1; chmod 664 $1",
      refusal: "it is writable by the group 7"),
    Case(
      testDescription: "input writable by a trusted group", script: "chgrp 7 $1; chmod 664 $1",
      refusal: nil, trustsGroups: true),
    Case(testDescription: "input writable by root's group", script: "chmod 664 $1", refusal: nil),
    Case(
      testDescription: "input writable by its owner's own group",
      script: "chown 89:89 $1; chmod 664 $1", refusal: nil),
    Case(
      testDescription: "directory writable by everybody", script: "chmod 777 $3",
      refusal: "its directory is writable by everybody"),
    Case(
      testDescription: "directory writable by everybody, sticky", script: "chmod 1777 $3",
      refusal: "its directory is writable by everybody"),
    Case(
      testDescription: "directory writable by a group", script: "chgrp 7 $3; chmod 775 $3",
      refusal: "its directory is writable by the group 7"),
    Case(
      testDescription: "input over a link into an open directory",
      script: "mkdir -m 777 $3/open; mv $1 $3/open/x; ln -s open/x $1",
      refusal: "its directory is writable by everybody"),
    Case(
      testDescription: "input over a link to a safe place",
      script: "mkdir $3/safe; mv $1 $3/safe/x; ln -s safe/x $1", refusal: nil),
    Case(
      testDescription: "input is a FIFO", script: "rm $1; mkfifo $1",
      refusal: "it is no regular file"),
    Case(
      testDescription: "input is a directory", script: "rm $1; mkdir $1",
      refusal: "it is no regular file"),
    Case(
      testDescription: "input is a link to itself", script: "rm $1; ln -s $1 $1",
      refusal: "Too many levels of symbolic links"),
    Case(
      testDescription: "product is a link", script: "ln -s /etc/passwd $2",
      refusal: "it is a symbolic link, and would be replaced by a file"),
    Case(
      testDescription: "product is a dangling link", script: "ln -s nowhere $2",
      refusal: "it is a symbolic link, and would be replaced by a file"),
    Case(
      testDescription: "product is a directory", script: "mkdir $2",
      refusal: "it is no regular file"),
  ]

  @Test(arguments: cases) func `what others can write to is refused, with the reason`(
    _ testCase: Case
  ) throws {
    let server = try TestServer()
    server.settings.trustsGroups = testCase.trustsGroups
    let input = server.control("morercpthosts")
    try input.write("a.example\n")
    try shell(
      testCase.script, input, server.control("morercpthosts.cdb"), server.settings.layout.control)
    let result = try server.pass(forcing: "morercpthosts.cdb")
    let entry = try server.entry("morercpthosts.cdb", in: result)
    if let refusal = testCase.refusal {
      #expect(entry.run == nil)
      guard case .unreadable(_, refusal) = entry.verdict else {
        Issue.record("\(entry.verdict)")
        return
      }
      #expect(result.isTrouble)
      #expect(server.log.contains { $0.contains(refusal) })
    } else {
      #expect(entry.run?.result == .built, "\(entry.verdict)")
    }
  }

  @Test func `what one refused file concerns spoils nothing else`() throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n", mode: 0o646)
    try server.path("etc/tcp.smtp").write(":allow\n")
    let result = try server.pass()
    #expect(try server.entry("morercpthosts.cdb", in: result).run == nil)
    #expect(try server.entry("tcp.smtp.cdb", in: result).run?.result == .built)
  }

  @Test func `passwords are neither kept nor shown`() throws {
    let server = try TestServer()
    let vpasswd = server.path("home/vpasswd")
    try vpasswd.write("ann:HASH1:\n")
    try server.source("secret").write("SECRET1\n")
    try server.source("list").write("1\n")
    try server.rule("secret", script: "echo >$1") { $0.isSecret = true }
    try server.rule("list", script: "cat $2 >$1; echo $QMAIL_UPDATER_ROOT/home/vpasswd >$3")
    try server.path("etc/vpasswd").write("bob:HASH1:\n")
    try server.rule("named", script: "cat $QMAIL_UPDATER_ROOT/etc/vpasswd >$1") {
      $0.inputs = ["/etc/vpasswd"]
    }
    for _ in 0..<3 { try server.pass() }
    try vpasswd.write("ann:HASH1:\nbob:HASH2:\n")
    try server.path("etc/vpasswd").write("bob:HASH2:\n")
    try server.source("secret").write("SECRET1\nSECRET2\n")
    let words = try ["list", "secret", "named"].flatMap { try server.status(of: $0).reasons }
    try server.pass()
    let stored = try FileReading.names(in: server.store.rulesDirectory).map {
      try server.store.rulesDirectory.appending($0).text
    }
    let everything = (words + server.log + stored).joined(separator: "\n")
    #expect(!everything.contains("HASH"), "\(words + server.log)")
    #expect(!everything.contains("SECRET"))
    #expect(server.log.contains { $0.contains("vpasswd changed") }, "\(server.log)")
  }
}
