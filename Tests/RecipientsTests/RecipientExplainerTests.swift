import ConstantDatabase
import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct RecipientExplainerTests {
  private func explain(_ address: String, _ tree: Tree) -> RecipientExplanation? {
    RecipientExplainer(tree.layout).explain(Array(address.utf8))
  }

  private func steps(_ answer: RecipientExplanation.Answer?) -> [RecipientExplanation.Step] {
    if case .steps(let steps) = answer { steps } else { [] }
  }

  private func keys(_ answer: RecipientExplanation.Answer?) -> [String] {
    steps(answer).map { String(decoding: $0.key, as: UTF8.self) }
  }

  @Test func `the keys are tried from the address to the domain, in small letters`() throws {
    let tree = try Tree()
    let explanation = explain("User-One-Two@MX.example", tree)
    #expect(
      keys(explanation?.fresh) == [
        "user-one-two@mx.example", "user-one-default@mx.example", "user-default@mx.example",
        "@mx.example",
      ])
    #expect(explanation?.isAccepted == false)
    #expect(explanation?.absence?.contains("no system user") == true)
  }

  @Test func `the first hit decides, and tells where it comes from`() throws {
    let tree = try Tree(["home/ann/.qmail-x-default": ""])
    let explanation = explain("ann-x-y@mx.example", tree)
    #expect(keys(explanation?.fresh) == ["ann-x-y@mx.example", "ann-x-default@mx.example"])
    #expect(
      steps(explanation?.fresh).last?.hit?.origin
        == .entry(tree.path("home/ann/.qmail-x-default")))
    #expect(
      steps(explain("ann@mx.example", tree)?.fresh).last?.hit?.origin
        == .line(tree.path("etc/passwd"), 4))
  }

  @Test func `a mailbox comes from its line, and an absent one has a reason`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    let vpasswd = "home/vpopmail/domains/a.example/vpasswd"
    try tree.write(vpasswd, Tree.vpasswd(["ann", "bob"]))
    #expect(
      steps(explain("Bob@a.example", tree)?.fresh).last?.hit?.origin
        == .line(tree.path(vpasswd), 2))
    let absence = explain("eve@a.example", tree)?.absence
    #expect(absence?.contains("no mailbox") == true)
    #expect(absence?.contains(".qmail-default bounces the rest") == true)
  }

  @Test(
    arguments: [
      ("u@far.example", "the domain is not in rcpthosts"),
      ("u@lost.example", "none of locals, virtualdomains and smtproutes"),
      ("u@sub.wild.example", "by its ending only"), ("out@mx.example", "leaves out"),
    ])
  func `why there is no record`(address: String, expected: String) throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "mx.example\nlost.example\n.wild.example\n",
      "var/qmail/control/smtproutes": ".wild.example:relay\n",
      "var/qmail/control/validrcptto.exclude": "out@mx.example\n",
      "var/qmail/alias/.qmail-out": "",
    ])
    let explanation = explain(address, tree)
    #expect(explanation?.absence?.contains(expected) == true)
    #expect(explanation?.isAccepted == false)
    #expect((explanation?.domain == .notTaken) == (address == "u@far.example"))
  }

  @Test func `a reject wins over what would accept, and names its line`() throws {
    let tree = try Tree(["var/qmail/control/validrcptto.reject": "ann@mx.example\n"])
    let hit = steps(explain("ann@mx.example", tree)?.fresh).last?.hit
    #expect(hit?.isAccepting == false)
    #expect(hit?.origin == .line(tree.path("var/qmail/control/validrcptto.reject"), 1))
  }

  @Test func `the cdb in use decides, and a difference from the files is told`() throws {
    let tree = try Tree()
    _ = try RecipientListBuilder(tree.layout).build().update(tree.layout.validRecipients)
    #expect(explain("ann@mx.example", tree)?.isOutdated == false)
    try tree.write("var/qmail/alias/.qmail-info", "")
    let explanation = explain("info@mx.example", tree)
    #expect(explanation?.isAccepted == false)
    #expect(explanation?.isOutdated == true)
    #expect(explanation?.lines.contains("they differ: a new list accepts it") == true)
    _ = try RecipientListBuilder(tree.layout).build().update(tree.layout.validRecipients)
    #expect(explain("info@mx.example", tree)?.isAccepted == true)
  }

  @Test(arguments: [
    ("@mx.example", "", "accepts it too, for another reason"),
    ("ann@mx.example", "reserved", "accepts it too, for another reason"),
    ("ann@mx.example", "-", "accepts it"), ("other@mx.example", "", "accepts it"),
  ])
  func `another record or value that decides is a difference`(
    key: String, value: String, told: String
  ) throws {
    let tree = try Tree(["var/qmail/alias/.qmail-ann": ""])
    let writer = try ConstantDatabaseWriter(replacing: tree.layout.validRecipients)
    try writer.add(key: key.utf8, value: value.utf8)
    try writer.commit(durably: false)
    let explanation = explain("ann@mx.example", tree)
    #expect(explanation?.lines.contains("they differ: a new list \(told)") == true)
    #expect(explain("nobody@mx.example", tree)?.isOutdated == (key == "@mx.example"))
  }

  @Test(arguments: [("-no", false), ("", true), ("yes", true)])
  func `a value with a minus in front refuses, any other accepts`(
    value: String, isAccepted: Bool
  ) throws {
    let tree = try Tree()
    let writer = try ConstantDatabaseWriter(replacing: tree.layout.validRecipients)
    try writer.add(key: "@mx.example".utf8, value: value.utf8)
    try writer.commit(durably: false)
    #expect(explain("any@mx.example", tree)?.isAccepted == isAccepted)
  }

  @Test func `what cannot be read becomes part of the answer`() throws {
    let tree = try Tree(["var/qmail/control/validrcptto.cdb": "rubbish"])
    try tree.addVpopmailDomains(["a.example"])
    try tree.write("home/vpopmail/domains/a.example/vpasswd", "broken\n")
    let explanation = explain("ann@a.example", tree)
    #expect(explanation?.isAccepted == nil)
    #expect(explanation?.obstacles.first?.contains("vpasswd: line 1") == true)
    #expect(explanation?.lines.first == "ann@a.example: nobody can tell")
  }

  @Test func `by a damaged cdb in use nobody can tell, whatever a new list says`() throws {
    let tree = try Tree(["var/qmail/control/validrcptto.cdb": "rubbish"])
    let explanation = explain("ann@mx.example", tree)
    #expect(explanation?.isAccepted == nil)
    #expect(explanation?.fresh.isAccepting == true)
    #expect(explanation?.isOutdated == false)
  }

  @Test func `a broken file beside rcpthosts leaves the cdb in use its word`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    try tree.write("home/vpopmail/domains/a.example/vpasswd", Tree.vpasswd(["ann"]))
    _ = try RecipientListBuilder(tree.layout).build().update(tree.layout.validRecipients)
    try tree.write("var/qmail/users/assign", "rubbish\n")
    let explanation = explain("ann@a.example", tree)
    #expect(explanation?.isAccepted == true)
    #expect(explanation?.domain == .taken(.line(tree.path("var/qmail/control/rcpthosts"), 2)))
    #expect(explanation?.obstacles.first?.contains("users/assign: line 1") == true)
    #expect(explain("ann@far.example", tree)?.isAccepted == false)
  }

  @Test func `without rcpthosts nobody can tell whether mail for a domain is taken`() throws {
    let tree = try Tree()
    _ = try RecipientListBuilder(tree.layout).build().update(tree.layout.validRecipients)
    try FileOperations.remove(tree.path("var/qmail/control/rcpthosts"))
    let explanation = explain("ann@mx.example", tree)
    #expect(explanation?.domain == .unknown)
    #expect(explanation?.isAccepted == nil)
    #expect(explanation?.lines[1] == "nobody can tell whether mail for the domain is taken")
  }

  @Test func `an address of virtualdomains may stand for extensions`() throws {
    let tree = try Tree([
      "var/qmail/control/virtualdomains": "list-default@mx.example:ann\n"
    ])
    _ = try RecipientListBuilder(tree.layout).build().update(tree.layout.validRecipients)
    let explanation = explain("list-x@mx.example", tree)
    #expect(explanation?.isOutdated == false)
    #expect(
      steps(explanation?.fresh).last?.hit?.origin
        == .line(tree.path("var/qmail/control/virtualdomains"), 1))
  }

  @Test(arguments: ["ann", "ann@", "", "@"])
  func `without a domain there is no answer`(address: String) throws {
    #expect(explain(address, try Tree()) == nil)
  }

  @Test func `strange bytes of an address are shown, not written`() throws {
    let lines = explain("a\u{1b}[2J\n@mx.example", try Tree())?.lines
    #expect(lines?.allSatisfy { !$0.contains("\u{1b}") && !$0.contains("\n") } == true)
  }
}
