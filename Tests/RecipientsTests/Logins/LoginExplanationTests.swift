import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Recipients

@Suite(.scratch) struct LoginExplanationTests {
  private func explain(
    _ login: String, in tree: LoginTree, _ options: LoginReader.Options = LoginReader.Options()
  ) throws -> LoginExplanation {
    var reader = LoginReader(tree.layout, options: options)
    return try reader.explain(Array(login.utf8), database: tree.database)
  }

  @Test func `a login is accepted by the line that it comes from`() throws {
    let tree = try LoginTree()
    let vpasswd = tree.directory("example.org").appending("vpasswd")
    #expect(try explain("bob@alias.net", in: tree).verdict == .accepted(.line(vpasswd, 1)))
    #expect(try explain("ann", in: tree).verdict == .accepted(.line(tree.layout.shadow, 2)))
    #expect(
      try explain("root", in: tree).verdict == .refused(.locked, .line(tree.layout.shadow, 1)))
  }

  @Test(arguments: [
    ("zoe", "no such user"), ("zoe@example.org", "no such mailbox"),
    ("bob@else.where", "no domain of vpopmail's"), ("Bob@example.org", "capital letters"),
    ("bob@Example.org", "capital letters"), ("\u{1b}[2J@x", #"no domain of vpopmail's"#),
  ])
  func `an unknown login is told where it was looked for`(
    _ login: String, _ reason: String
  ) throws {
    let explanation = try explain(login, in: LoginTree())
    guard case .unknown(let text) = explanation.verdict else {
      Issue.record("\(explanation.verdict)")
      return
    }
    #expect(text.contains(reason))
    #expect(!explanation.lines.joined().contains("\u{1b}"))
  }

  @Test func `the file in use is compared`() throws {
    let tree = try LoginTree()
    #expect(try explain("ann", in: tree).inUse == .missing)
    try tree.mkauth("-c", tree.database.string)
    #expect(try explain("ann", in: tree).inUse == .same)
    #expect(try explain("ann", in: tree).isInStep == true)
    #expect(try explain("zoe", in: tree).inUse == .absent)

    try tree.variables("ann X=\"1\"\n")
    #expect(try explain("ann", in: tree).inUse == .otherVariables)
    #expect(try explain("ann", in: tree).lines.contains { $0.hasPrefix("with X=\"1\", by ") })
    try tree.shadow(["ann:$6$salt$AnotherOne:1::::::"])
    #expect(try explain("ann", in: tree).inUse == .otherHash)
    try tree.shadow(["ann:!:1::::::"])
    #expect(try explain("ann", in: tree).inUse == .obsolete)
    #expect(try explain("ann", in: tree).isInStep == false)
    try tree.database.write("junk")
    guard case .unreadable = try explain("ann", in: tree).inUse else {
      Issue.record("junk was read")
      return
    }
  }

  @Test func `a wrong line of auth vars is told: no new list can be written`() throws {
    let tree = try LoginTree()
    try tree.variables("zoe X=1\nann X=\"1\"\n")
    let explanation = try explain("ann", in: tree)
    #expect(explanation.lines.contains { $0.hasPrefix("with X=\"1\", by ") })
    let last = explanation.lines.last
    #expect(last?.hasPrefix("no new list can be written: unable to parse ") == true)
    #expect(last?.contains("auth.vars: line 1: expected NAME=") == true)
  }

  @Test func `only the files of the login's own domain are read`() throws {
    let tree = try LoginTree()
    try tree.assign([("gone.org", "gone.org"), ("example.org", "example.org")])
    guard case .accepted = try explain("bob@example.org", in: tree).verdict else {
      Issue.record("bob is refused")
      return
    }
    #expect(throws: UnreadableHome.self) { try explain("bob@gone.org", in: tree) }
  }
}
