import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Domains that only vpopmail's programs can list.
///
/// The programs here are stand-ins for vuserinfo and
/// valias over SQL: they print what the real ones do.
@Suite(.scratch, .timeLimit(.minutes(1))) struct VpopmailProgramsTests {
  private let bin = "home/vpopmail/bin"

  private func tree(vuserinfo: String, valias: String) throws -> Tree {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example", "b.example"])
    try tree.path("\(bin)/vuserinfo").write("#!/bin/sh\n\(vuserinfo)\n", mode: 0o755)
    try tree.path("\(bin)/valias").write("#!/bin/sh\n\(valias)\n", mode: 0o755)
    try tree.write("var/qmail/alias/.qmail-postmaster", "")
    try tree.write("var/qmail/control/me", "")
    try tree.write("var/qmail/control/rcpthosts", "a.example\nb.example\n")
    return tree
  }

  private let list = """
    [ "$1" = -D ] || exit 3
    printf 'name:   ann\\npasswd: x\\nname:   %s\\n------\\n' "${2%.example}"
    """
  private let aliases = """
    [ "$1" = -s ] && printf 'info@%s -> &ann@%s\\n' "$2" "$2"
    """

  @Test func `mailboxes and aliases are what the programs list`() throws {
    let tree = try tree(vuserinfo: list, valias: aliases)
    try tree.write("home/vpopmail/domains/b.example/.qmail-desk", "")
    #expect(
      try tree.addresses() == [
        "a@a.example", "ann@a.example", "ann@b.example", "b@b.example", "desk@b.example",
        "info@a.example", "info@b.example",
      ])
    let explanation = RecipientExplainer(tree.layout).explain(Array("info@a.example".utf8))
    #expect(explanation?.isAccepted == true)
    #expect(explanation?.lines.contains { $0.contains("valias -s a.example") } == true)
  }

  @Test func `progress counts a domain when its programs have ended`() throws {
    let tree = try tree(vuserinfo: list, valias: aliases)
    let files = "elsewhere.example\nfar.example\n"
    try tree.write("var/qmail/control/locals", files)
    try tree.write("var/qmail/control/rcpthosts", "a.example\nb.example\n" + files)
    var builder = RecipientListBuilder(tree.layout)
    var seen: [Int] = []
    builder.progress = { done, total in
      if seen.last != done { seen.append(done) }
      #expect(total == 4)
    }
    builder.workerCount = 1
    _ = try builder.build()
    #expect(seen.contains(2))
    #expect(seen == seen.sorted())
    #expect(seen.suffix(2) == [3, 4])
  }

  @Test func `who runs mkvalidrcptto is told how far it is`() throws {
    let tree = try tree(vuserinfo: "[ $2 = b.example ] && sleep 0.5\n" + list, valias: aliases)
    let command = Command([
      try Tools.own("mkvalidrcptto"), "--root", tree.root.string, "-c", "/list.cdb",
    ])
    let loop = EventLoop()
    var reports: [Progress] = []
    try loop.run(command, timeout: .seconds(30), reporting: { reports.append($0) }) { outcome in
      #expect(outcome.isSuccess, "\(outcome.output.lines)")
      loop.stop()
    }
    try loop.run()
    #expect(reports.last == Progress(done: 2, total: 2, unit: "domains"))
  }

  @Test func `an alias domain asks for the domain it stands for, once`() throws {
    let tree = try tree(vuserinfo: list + "\necho x >>\"${0%/*}/asked\"", valias: aliases)
    try tree.write(
      "var/qmail/users/assign",
      "+a.example-:a.example:89:89:/home/vpopmail/domains/a.example:-::\n"
        + "+b.example-:a.example:89:89:/home/vpopmail/domains/a.example:-::\n.\n")
    #expect(try tree.addresses().contains("a@b.example"))
    #expect(try tree.path("\(bin)/asked").text == "x\n")
  }

  @Test(
    arguments: [
      ("exit 0", "true", "it lists no mailbox"), ("echo no; exit 1", "true", "exit 1: no"),
      ("kill -9 $$", "true", "killed by signal 9"), ("echo 'name: x'", "exit 1", "exit 1"),
      ("echo 'name: x'", "echo invalid domain; exit 255", "exit 255: invalid domain"),
      ("exit 255", "true", "exit 255"),
    ])
  func `a program that fails is told, and nothing is listed`(
    vuserinfo: String, valias: String, expected: String
  ) throws {
    let tree = try tree(vuserinfo: vuserinfo, valias: valias)
    let error = #expect(throws: RecipientError.self) { try tree.addresses() }
    #expect(error?.problems.count == 2)
    #expect(error?.problems.first?.reason.contains(expected) == true)
    try tree.write("home/vpopmail/domains/a.example/.qmail-desk", "")
    #expect(try tree.addresses { $0.keepsGoing = true } == [])
  }

  @Test(arguments: ["exit 255", #"echo "No aliases found for domain $2"; exit 255"#])
  func `a domain without an alias is none of valias's failures`(valias: String) throws {
    let tree = try tree(vuserinfo: list, valias: valias)
    #expect(
      try tree.addresses() == ["a@a.example", "ann@a.example", "ann@b.example", "b@b.example"])
  }

  @Test func `a domain whose program fails is skipped whole, and no other`() throws {
    let tree = try tree(vuserinfo: "[ $2 = a.example ] && exit 1\n" + list, valias: aliases)
    for domain in ["a.example", "b.example"] {
      try tree.write("home/vpopmail/domains/\(domain)/.qmail-desk", "")
    }
    #expect(
      try tree.addresses { $0.keepsGoing = true }
        == ["ann@b.example", "b@b.example", "desk@b.example", "info@b.example"])
  }

  @Test(arguments: ["exit 1", "kill -9 $$"])
  func `a password that vuserinfo printed before it failed is not shown`(end: String) throws {
    let tree = try tree(
      vuserinfo: "printf 'name: ann\\npasswd: $1$x$hash\\nclear passwd: secret'\n\(end)",
      valias: "true")
    let error = #expect(throws: RecipientError.self) { try tree.addresses() }
    #expect(error?.description.contains("secret") == false)
    #expect(error?.problems.first?.reason.contains("vuserinfo -D a.example: ") == true)
  }

  @Test func `several programs run at the same time`() throws {
    // Each waits until the other one runs, too.
    let script = """
      : >"${0%/*}/$2"
      for try in $(seq 200); do
        [ -e "${0%/*}/a.example" ] && [ -e "${0%/*}/b.example" ] && break
        sleep 0.1
      done
      [ "$try" = 200 ] && exit 4
      echo 'name: ann'
      """
    let tree = try tree(vuserinfo: script, valias: "true")
    #expect(try tree.addresses() == ["ann@a.example", "ann@b.example"])
  }

  @Test func `a server without vpopmail's programs says so`() throws {
    let tree = try tree(vuserinfo: "", valias: "")
    try removeTree(tree.path(bin))
    let error = #expect(throws: RecipientError.self) { try tree.addresses() }
    #expect(error?.problems.first?.reason.contains("unable to run") == true)
  }
}
