import ConstantDatabase
import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What makes a list impossible, and what keeping on leaves out.
@Suite(.scratch) struct RecipientErrorTests {
  private func problems(_ tree: Tree) throws -> [String] {
    let error = #expect(throws: RecipientError.self) { try tree.addresses() }
    return error?.problems.map(\.description) ?? []
  }

  @Test func `a domain that nothing handles is told with the line that names it`() throws {
    let tree = try Tree(["var/qmail/control/rcpthosts": "mx.example\nlost.example\n"])
    let problems = try problems(tree)
    #expect(problems.count == 1)
    #expect(problems.first?.contains("lost.example") == true)
    #expect(problems.first?.contains("rcpthosts line 2") == true)
    var warnings: [String] = []
    let addresses = try tree.addresses {
      $0.keepsGoing = true
      $0.warn = { warnings.append($0) }
    }
    #expect(addresses.contains("ann@mx.example"))
    #expect(warnings.count == 1 && warnings[0].contains("lost.example"))
  }

  @Test func `an address of virtualdomains in a domain that is not ours is told`() throws {
    let tree = try Tree(["var/qmail/control/virtualdomains": "# x\nu@far.example:ann\n"])
    #expect(try problems(tree).first?.contains("virtualdomains line 2") == true)
  }

  @Test(
    arguments: [
      ("ann:h:1:0::/d:q\nbroken\n", "vpasswd: line 2: "), ("\n", "vpasswd: line 1: "),
      (":h:1:0::/d:q\n", "vpasswd: line 1: expected a name"),
      ("ann:h:1:0::/d:q\nx\u{1b}c:h:1:0::/d:q\n", "vpasswd: line 2: expected a name without"),
    ])
  func `a vpasswd that does not parse is told with its line, and only its domain skipped`(
    text: String, expected: String
  ) throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example", "b.example"])
    try tree.write("home/vpopmail/domains/a.example/vpasswd", text)
    try tree.write("home/vpopmail/domains/b.example/vpasswd", Tree.vpasswd(["bob"]))
    let problems = try problems(tree)
    #expect(problems.count == 1)
    #expect(problems.first?.contains("a.example/\(expected)") == true)
    let addresses = try tree.addresses { $0.keepsGoing = true }
    #expect(addresses.contains("bob@b.example"))
    #expect(!addresses.contains { $0.hasSuffix("@a.example") })
  }

  @Test func `a domain directory that is not there is told, with the line that gives it`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    let directory = tree.path("home/vpopmail/domains/a.example")
    try removeTree(directory)
    #expect(
      try problems(tree) == [
        "unable to list a.example: unable to read directory \(directory): No such file or directory"
          + " (\(tree.root)/var/qmail/users/assign line 1)"
      ])
  }

  @Test func `a domain whose mailboxes nobody can list is told with the file that is missing`()
    throws
  {
    let tree = try Tree(["etc/passwd": "alias:x:1:1::/var/qmail/alias:/bin/sh\n"])
    try tree.addVpopmailDomains(["a.example"])
    let vpasswd = tree.path("home/vpopmail/domains/a.example/vpasswd")
    #expect(try problems(tree).first?.contains("unable to open \(vpasswd): No such") == true)
  }

  @Test(arguments: ["", "home/vpopmail/domains/a.example"])
  func `a home that is not absolute is told with its line, and only its domain skipped`(
    home: String
  ) throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example", "b.example"])
    try tree.write("home/vpopmail/domains/b.example/vpasswd", Tree.vpasswd(["bob"]))
    let assign = tree.path("var/qmail/users/assign")
    try tree.write(
      "var/qmail/users/assign",
      "+a.example-:a.example:89:89:\(home):-::\n"
        + "+b.example-:b.example:89:89:/home/vpopmail/domains/b.example:-::\n.\n")
    #expect(
      try problems(tree) == [
        "unable to list a.example: \(assign) line 1 gives no absolute home directory"
      ])
    #expect(try tree.addresses { $0.keepsGoing = true }.contains("bob@b.example"))
    let explanation = RecipientExplainer(tree.layout).explain(Array("x@a.example".utf8))
    #expect(explanation?.lines.contains { $0.contains("\(assign) line 1 gives no") } == true)

    let writer = try ConstantDatabaseWriter(replacing: tree.path("var/qmail/users/cdb"))
    for record in try UserAssignmentsReader.read(assign).records {
      try writer.add(key: record.key, value: record.data)
    }
    try writer.commit(durably: false)
    #expect(try problems(tree).first?.contains("users/cdb record !a.example- gives no") == true)
  }

  @Test func `an address of virtualdomains outlasts its domain that is skipped`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    try tree.write("home/vpopmail/domains/a.example/vpasswd", "broken\n")
    try tree.write("home/vpopmail/domains/a.example/.qmail-desk", "")
    try tree.write(
      "var/qmail/control/virtualdomains", "a.example:a.example\nboss@a.example:ann\n")
    let addresses = try tree.addresses { $0.keepsGoing = true }
    #expect(addresses.filter { $0.hasSuffix("@a.example") } == ["boss@a.example"])
  }

  @Test func `a FIFO in place of a vpasswd is an error, not a wait`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    try Tools.run(["mkfifo", tree.path("home/vpopmail/domains/a.example/vpasswd").string])
    #expect(try problems(tree).first?.contains("a.example/vpasswd") == true)
  }

  @Test func `all problems are told at once`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example", "b.example"])
    try tree.write("home/vpopmail/domains/a.example/vpasswd", "x\n")
    try tree.write("home/vpopmail/domains/b.example/vpasswd", "y\n")
    #expect(try problems(tree).count == 2)
  }

  @Test func `a missing rcpthosts is an error: qmail would relay for everybody`() throws {
    let tree = try Tree()
    try FileOperations.remove(tree.path("var/qmail/control/rcpthosts"))
    #expect(throws: SystemError.self) { try tree.addresses { $0.keepsGoing = true } }
  }

  @Test(arguments: ["var/qmail/control/morercpthosts.cdb", "var/qmail/users/cdb"])
  func `a damaged cdb that all depends on is an error`(name: String) throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "v.example\n",
      "var/qmail/control/virtualdomains": "v.example:ann\n", name: "short",
    ])
    #expect(throws: ConstantDatabaseError.self) { try tree.addresses { $0.keepsGoing = true } }
  }

  @Test func `going on leaves out a domain, not the aliases of all`() throws {
    let tree = try Tree()
    try removeTree(tree.path("var/qmail/alias"))
    let error = #expect(throws: RecipientError.self) {
      try tree.addresses { $0.keepsGoing = true }
    }
    #expect(error?.description.contains("unable to read directory") == true)
    #expect(try tree.addresses { $0.leavesOutAliases = true } == [])
  }

  @Test func `fastforward's database must be there`() throws {
    let tree = try Tree(["var/qmail/alias/.qmail-default": "|fastforward /etc/aliases.cdb\n"])
    #expect(try problems(tree).first?.contains("etc/aliases.cdb") == true)
  }

  @Test(arguments: ["nobody\n", "a@\n", "two words@x\n", "ann@x\r\n", "an\tn@x\n"])
  func `a reject file holds addresses and domains, nothing else`(text: String) throws {
    let tree = try Tree([
      "var/qmail/control/validrcptto.reject": "# ours\n\(text)x@y.example\n\(text)",
      "var/qmail/control/validrcptto.exclude": text,
    ])
    try tree.addVpopmailDomains(["a.example"])
    let problems = try problems(tree)
    let control = tree.path("var/qmail/control")
    for place in ["reject: line 2", "reject: line 4", "exclude: line 1"] {
      #expect(problems.contains { $0.contains("\(control)/validrcptto.\(place): expected an") })
    }
    #expect(problems.contains { $0.contains("unable to list a.example") })
    let error = #expect(throws: RecipientError.self) {
      try tree.addresses { $0.keepsGoing = true }
    }
    #expect(error?.problems.count == 3)
  }

  @Test func `a mailbox in an unfinished last line is listed, with a warning`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    try tree.write(
      "home/vpopmail/domains/a.example/vpasswd", "ann:h:1:0::/d:q\nbob:h:1:0::/d:q")
    var warnings: [String] = []
    let addresses = try tree.addresses { $0.warn = { warnings.append($0) } }
    #expect(addresses.contains("bob@a.example"))
    #expect(warnings.count == 1 && warnings[0].contains("vpasswd: line 2"))
  }
}
