import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// WATCH 9: what makes a product stale on a real disk, and what does not.
@Suite(.scratch, .timeLimit(.minutes(5))) struct FreshnessTests {
  /// Something that people and programs do to a file: `$1` is the input, `$2` the product.
  struct Act: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: String
    let runs: Bool
  }

  static let acts = [
    Act(testDescription: "nothing", script: ":", runs: false),
    Act(testDescription: "a line added", script: "echo b.example >>$1", runs: true),
    Act(
      testDescription: "an older file put in place by mv",
      script: "echo o.example >$1.o; touch -d 2001-01-01 $1.o; mv $1.o $1", runs: true),
    Act(
      testDescription: "an older file put in place by cp -p",
      script: "echo o.example >$1.o; touch -d 2001-01-01 $1.o; cp -p $1.o $1; rm $1.o", runs: true),
    Act(
      testDescription: "an edit of the same size under the old date",
      script: "touch -r $1 $1.r; sed -i s/a/x/ $1; touch -r $1.r $1; rm $1.r", runs: true),
    Act(
      testDescription: "a date far in the past", script: "echo o.example >$1; touch -d @0 $1",
      runs: true),
    Act(testDescription: "emptied", script: ": >$1", runs: true),
    Act(testDescription: "touched", script: "touch $1", runs: false),
    Act(testDescription: "touched into the future", script: "touch -d 2099-01-01 $1", runs: false),
    Act(testDescription: "chmod", script: "chmod 600 $1; chmod 644 $1", runs: false),
    Act(
      testDescription: "the same bytes in place", script: "c=$(cat $1); echo \"$c\" >$1",
      runs: false),
    Act(
      testDescription: "the same bytes in a new file", script: "cp $1 $1.n; mv $1.n $1", runs: false
    ),
    Act(
      testDescription: "edited and edited back", script: "echo x >>$1; sed -i '$d' $1", runs: false),
    Act(testDescription: "product deleted", script: "rm $2", runs: true),
    Act(testDescription: "product truncated", script: "truncate -s 2050 $2", runs: true),
    Act(testDescription: "product emptied", script: ": >$2", runs: true),
    Act(testDescription: "product touched", script: "touch $2", runs: false),
    Act(testDescription: "product touched into the past", script: "touch -d @0 $2", runs: false),
    Act(testDescription: "product chmod", script: "chmod 640 $2", runs: false),
    Act(
      testDescription: "product replaced by an older one",
      script: "echo | cdb -c -t $2.t $2.o; touch -d 2001-01-01 $2.o; mv $2.o $2", runs: true),
    Act(
      testDescription: "product made by hand with another program, later",
      script: "sleep 2.1; printf '+9,0:a.example->\\n\\n' | cdb -c -t $2.t $2", runs: false),
    Act(
      testDescription: "product made by hand just after an edit",
      script: "sleep 0.03; printf '+9,0:a.example->\\n\\n' | cdb -c -t $2.t $2",
      runs: true),
  ]

  @Test(arguments: acts) func `a product is made again exactly when it has to be`(_ act: Act) throws
  {
    let server = try TestServer()
    let input = server.control("morercpthosts")
    let product = server.control("morercpthosts.cdb")
    try input.write("a.example\n")
    #expect(try server.run("morercpthosts.cdb") == .built)
    #expect(try server.run("morercpthosts.cdb") == nil)

    try shell(act.script, input, product)
    let ran = try server.run("morercpthosts.cdb")
    #expect((ran != nil) == act.runs, "\(server.log)")
    #expect(try ConstantDatabase(opening: product).verify() >= 0)
    #expect(try server.run("morercpthosts.cdb") == nil, "\(server.log)")
    #expect(try server.status(of: "morercpthosts.cdb").word == "fresh")
  }

  @Test func `edits within one tick of the clock are all seen`() throws {
    let server = try TestServer()
    let input = server.control("morercpthosts")
    for number in 100..<125 {
      // The same inode and the same size, often the same stamps too.
      try input.write("d\(number).example\n")
      let result = try server.run("morercpthosts.cdb")
      #expect(result == .built, "\(number)")
      #expect(
        try server.dump(server.control("morercpthosts.cdb")).first == "+12,0:d\(number).example->")
    }
  }

  @Test func `a product made by the real tool by hand is fresh by date`() throws {
    let server = try TestServer()
    let text = server.path("etc/tcp.smtp")
    try text.write(":allow\n")
    let product = server.path("etc/tcp.smtp.cdb")
    #expect(try server.run("tcp.smtp.cdb") == .built)
    try shell(
      """
      echo '10.:deny' >>$1
      sleep 2.1
      tcprules $2 $2.tmp <$1
      """, text, product)
    let made = try #require(try FileStatus.of(product)).modified
    for _ in 1...3 {
      #expect(try server.status(of: "tcp.smtp.cdb").verdict == .fresh(.dates(made: made)))
      #expect(try server.run("tcp.smtp.cdb") == nil)
    }
    let status = try server.status(of: "tcp.smtp.cdb")
    #expect(status.lastSuccess?.result == .adopted && status.lastSuccess?.began == made)
    #expect(status.state.runs.map(\.result) == [.adopted, .built])
    #expect(server.log.filter { $0.contains("by date: made by another program") }.count == 1)
    // An older one from a backup is not.
    try shell(": | tcprules $2 $2.tmp; touch -d 2001-01-01 $2", text, product)
    #expect(try server.run("tcp.smtp.cdb") == .built)
    #expect(try server.dump(product).contains("+3,2:10.->D\\x00"))
  }

  @Test func `an edit that a slow tool run by hand has missed is not lost either`() throws {
    let server = try TestServer()
    let text = server.path("etc/tcp.smtp")
    try text.write(":allow\n")
    let product = server.path("etc/tcp.smtp.cdb")
    #expect(try server.run("tcp.smtp.cdb") == .built)
    try shell(
      """
      (cat $1; sleep 2.5) | tcprules $2 $2.tmp &
      sleep 0.2
      echo '10.:deny' >>$1
      wait
      """, text, product)
    #expect(try !server.dump(product).contains("+3,2:10.->D\\x00"))
    #expect(try server.run("tcp.smtp.cdb") == .built)
    #expect(try server.dump(product).contains("+3,2:10.->D\\x00"))
  }

  @Test func `an edit that a tool run by hand has missed is not lost`() throws {
    let server = try TestServer()
    let text = server.control("morercpthosts")
    let product = server.control("morercpthosts.cdb")
    try text.write("a.example\n")
    #expect(try server.run("morercpthosts.cdb") == .built)
    // The tool reads, somebody edits, the tool brings its product into place.
    try shell(
      """
      echo b.example >>$1
      old=$(cat $1)
      sleep 0.03
      echo c.example >>$1
      sleep 0.03
      { for name in $old; do echo "+9,0:$name->"; done; echo; } | cdb -c -t $2.t $2
      """, text, product)
    let edited = try #require(try FileStatus.of(text)).modified
    let changed = edited.formatted("%H:%M:%S", zone: .local)
    let entry = try server.entry("morercpthosts.cdb")
    #expect(entry.run?.result == .built)
    #expect(
      entry.run?.why.first?.hasSuffix(
        "perhaps from what control/morercpthosts held before its change \(changed)") == true)
    #expect(try server.dump(product).contains("+9,0:c.example->"))
    // It was right after all: nothing is replaced.
    try shell("touch $1; sleep 0.03; cat $2 >$2.n; mv $2.n $2", text, product)
    #expect(try server.run("morercpthosts.cdb") == .unchanged)
  }

  @Test func `a changed rule makes its product again`() throws {
    let server = try TestServer()
    try server.source("list").write("a\n")
    try server.rule("list", script: "cat $2 >$1")
    #expect(try server.run("list") == .built)
    let other = try server.script("other", "tr a-z A-Z <$2 >$1")
    server.rule("list") {
      $0.inputs = ["/etc/list.txt"]
      $0.product = "/etc/list"
      $0.command = [other, "{candidate}", server.source("list").string]
    }
    let entry = try server.entry("list")
    #expect(entry.run?.why == ["the rule has changed"])
    #expect(try server.product("list").text == "A\n")
    #expect(try server.run("list") == nil)
  }

  @Test func `a name added to a watched directory counts, what is in the file does not`() throws {
    let server = try TestServer()
    let home = server.path("home/alias")
    try home.appending(".qmail-a").write("a")
    try server.rule("list", script: "ls -A $2 >$1") { rule in
      rule.inputs = ["/home/alias/"]
      rule.command?[2] = home.string
    }
    #expect(try server.run("list") == .built)
    try home.appending(".qmail-a").write("other")
    try home.appending("x.tmp").write("noise")
    #expect(try server.run("list") == nil)
    try home.appending(".qmail-x").write("x")
    #expect(try server.entry("list").run?.result == .built)
    #expect(try server.product("list").text.contains(".qmail-x"))
    try FileOperations.remove(home.appending(".qmail-x"))
    #expect(try server.run("list") == .built)
  }

  @Test func `a pattern's files count, and so do their comings and goings`() throws {
    let server = try TestServer()
    try server.path("etc/d/a.conf").write("a\n")
    try server.path("etc/d/a.txt").write("no\n")
    try server.rule("list", script: "cat $QMAIL_UPDATER_ROOT/etc/d/*.conf >$1") {
      $0.inputs = ["/etc/d/*.conf"]
    }
    #expect(try server.run("list") == .built)
    try server.path("etc/d/a.txt").write("still no\n")
    #expect(try server.run("list") == nil)
    try server.path("etc/d/b.conf").write("b\n")
    #expect(try server.run("list") == .built)
    try FileOperations.remove(server.path("etc/d/a.conf"))
    #expect(try server.run("list") == .built)
    #expect(try server.product("list").text == "b\n")
  }

  @Test func `two writes of one tick to a file too large for a digest are seen`() throws {
    let server = try TestServer()
    let half = String(repeating: "a.example\n", count: 60_000)
    try server.source("list").write("x" + half + half)
    try server.rule("list", script: "head -c 1 $2 >$1")
    try server.pass()
    try server.source("list").write("y" + half + half)
    try server.pass()
    #expect(try server.product("list").text == "y")
    try shell("touch -d 2099-01-01 $1", server.source("list"))
    try server.pass()
    let result = try server.pass()
    #expect(!result.isUnsettled)
    #expect(try server.entry("list", in: result).run == nil, "a future date is no unrest")
  }
}
