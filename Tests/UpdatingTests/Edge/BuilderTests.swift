import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Builders that lie, fail, hang or make rubbish: the old product stays (WATCH 12 and 13).
@Suite(.scratch, .timeLimit(.minutes(5))) struct BuilderTests {
  /// A builder that is no good, and what is said of it.
  struct Bad: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// `$1` is the file to write.
    let script: String
    let says: String
    var timeout = 30.0
  }

  static let bad = [
    Bad(
      testDescription: "exit 0 without writing", script: ":",
      says: "exit 0, but it did not write its product"),
    Bad(
      testDescription: "a directory in place of a file", script: "mkdir $1",
      says: "exit 0, but it did not write its product"),
    Bad(
      testDescription: "a link in place of a file", script: "ln -s /etc/passwd $1",
      says: "exit 0, but it did not write its product"),
    Bad(
      testDescription: "exit 3 with words",
      script: "echo half >$1; echo 'line 7 is bad' >&2; exit 3",
      says: "exit 3: line 7 is bad"),
    Bad(testDescription: "killed", script: "echo half >$1; kill -9 $$", says: "killed by signal 9"),
    Bad(
      testDescription: "hangs", script: "echo half >$1; sleep 1000", says: "took longer than 1 s",
      timeout: 1),
    Bad(
      testDescription: "no .cdb at all", script: "echo text >$1",
      says: "the new product is no good"),
    Bad(testDescription: "an empty file", script: ": >$1", says: "the new product is no good"),
    Bad(
      testDescription: "a .cdb cut short",
      script: "printf '+1,1:a->b\\n\\n' | cdb -c -t $1.t $1; truncate -s -3 $1",
      says: "the new product is no good"),
    Bad(
      testDescription: "a .cdb with a broken table",
      script: """
        printf '+1,1:a->b\\n\\n' | cdb -c -t $1.t $1
        printf '\\377\\377\\377' | dd of=$1 bs=1 seek=2064 conv=notrunc 2>/dev/null
        """, says: "the new product is no good"),
  ]

  static let good = "printf '+1,1:%s->b\\n\\n' \"$(cat $2)\" | cdb -c -t $1.t $1"

  /// A rule whose builder can be replaced without changing the rule.
  func server(timeout: Double = 30, command: [String]? = nil) throws -> TestServer {
    let server = try TestServer()
    try server.source("x.cdb").write("a")
    try server.rule("x.cdb", script: Self.good) {
      $0.timeout = .milliseconds(Int(timeout * 1000))
      if let command { $0.command = command }
    }
    return server
  }

  @Test(arguments: bad) func `a bad builder leaves the old product, and is told`(_ bad: Bad) throws
  {
    let server = try server(timeout: bad.timeout)
    #expect(try server.run("x.cdb") == .built)
    let product = server.product("x.cdb")
    let old = try FileReading.contents(of: product)
    let status = try FileStatus.of(product)

    try server.source("x.cdb").write("z")
    try server.script("x.cdb", bad.script)
    let result = try server.pass()
    let entry = try server.entry("x.cdb", in: result)
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary.contains(bad.says) == true, "\(entry.run?.summary ?? "")")
    #expect(result.isTrouble)
    #expect(try FileReading.contents(of: product) == old)
    #expect(try FileStatus.of(product) == status)
    #expect(try server.leftovers(in: server.path("etc")) == [])
    #expect(server.log.filter { $0.hasPrefix("x.cdb: failed: ") }.count == 1)

    try server.script("x.cdb", Self.good)
    try server.letRetryCome("x.cdb")
    #expect(try server.run("x.cdb") == .built)
    #expect(try server.dump(product) == ["+1,1:z->b"])
    #expect(server.state(of: "x.cdb").failure == nil)
  }

  @Test func `a product that somebody else makes during its first build stays as it is`() throws {
    let server = try server()
    let product = server.product("x.cdb")
    try server.script("x.cdb", "\(Self.good); printf theirs >\(product)")
    let entry = try server.entry("x.cdb", in: try server.pass())
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary == "unable to create \(product): File exists")
    #expect(try product.text == "theirs")
    #expect(try server.leftovers(in: server.path("etc")) == [])
    // It is known now, and replaced as any other.
    try server.letRetryCome("x.cdb")
    #expect(try server.run("x.cdb") == .built)
    #expect(try server.dump(product) == ["+1,1:a->b"])
  }

  @Test func `a failure is told once, tried again when due, and at once after a change`() throws {
    let server = try server()
    try server.script("x.cdb", "echo run >>$QMAIL_UPDATER_ROOT/runs; echo no luck with $1; exit 1")
    let runs = server.path("runs")
    #expect(try server.run("x.cdb") == .failed)
    for _ in 0..<3 { #expect(try server.run("x.cdb") == nil) }
    #expect(try server.status(of: "x.cdb").word == "failed")
    for count in 2...4 {
      try server.letRetryCome("x.cdb")
      #expect(try server.run("x.cdb") == .failed)
      #expect(server.state(of: "x.cdb").failure?.count == count)
    }
    #expect(try runs.text == "run\nrun\nrun\nrun\n")
    #expect(server.log.filter { $0.contains("failed: ") }.count == 1, "\(server.log)")
    #expect(server.log.contains("x.cdb: | no luck with \(server.product("x.cdb"))"))

    try server.source("x.cdb").write("b")
    #expect(try server.run("x.cdb") == .failed)
    #expect(server.log.last?.hasPrefix("x.cdb: failed as before, after ") == true)
    // Other words above the last line are news where something has changed.
    try server.source("x.cdb").write("c")
    try server.script("x.cdb", "echo more; echo no luck with $1; exit 1")
    #expect(try server.run("x.cdb") == .failed)
    #expect(server.log.filter { $0 == "x.cdb: | more" }.count == 1, "\(server.log)")
    try server.letRetryCome("x.cdb")
    try server.script("x.cdb", "echo 'other words'; exit 1")
    #expect(try server.run("x.cdb") == .failed)
    #expect(server.log.filter { $0.contains("failed: ") }.count == 3, "\(server.log)")
  }

  @Test func `an operator's pass tries again what failed, and keeps no news from the log`()
    throws
  {
    let server = try server()
    try server.script("x.cdb", "echo 'no luck'; exit 1")
    for count in 1...2 {
      #expect(try server.entry("x.cdb", in: server.pass(asked: .now)).run?.result == .failed)
      #expect(server.log.filter { $0.hasPrefix("x.cdb: failed: ") }.count == count)
    }
    // The service has not told of it.
    for _ in 0..<2 { #expect(try server.run("x.cdb") == nil) }
    #expect(server.log.filter { $0.hasPrefix("x.cdb: failed: ") }.count == 3, "\(server.log)")
    try server.script("x.cdb", Self.good)
    #expect(try server.entry("x.cdb", in: server.pass(asked: .now)).run?.result == .built)
    let told = server.log.count
    #expect(try server.entry("x.cdb", in: server.pass(asked: .now)).run == nil)
    #expect(server.log.count == told, "\(server.log)")
    #expect(try server.run("x.cdb") == nil)
    #expect(server.log.last == "x.cdb: fresh")
  }

  @Test func `what depends on a failed rule is left out and says so, the others go on`() throws {
    let server = try server()
    for name in ["b", "c", "d"] { try server.source(name).write("1") }
    try server.rule("b", script: "cat $2 >$1") { $0.after = ["x.cdb"] }
    try server.rule("c", script: "cat $2 >$1") { $0.after = ["b"] }
    try server.rule("d", script: "cat $2 >$1")
    try server.script("x.cdb", "exit 1")
    let result = try server.pass()
    #expect(try server.entry("x.cdb", in: result).run?.result == .failed)
    #expect(try server.entry("b", in: result).skipped == "waits for x.cdb")
    #expect(try server.entry("c", in: result).skipped == "waits for b")
    #expect(try server.entry("d", in: result).run?.result == .built)
    #expect(server.log.contains { $0.hasPrefix("b: stale: ") && $0.contains("waits for x.cdb") })
    let told = server.log.count
    try server.pass()
    #expect(server.log.count == told, "\(server.log)")

    try server.script("x.cdb", Self.good)
    try server.letRetryCome("x.cdb")
    let order = try server.pass().entries.filter { $0.run != nil }.map(\.rule.name)
    #expect(order == ["x.cdb", "b", "c"])
  }

  @Test func `an input that changes while it is built from is built from again`() throws {
    let server = try server()
    let release = Scratch.directory.appending("release")
    // The first run reads, then lets its input change before it writes.
    try server.script(
      "x.cdb",
      """
      old=$(cat $2)
      if [ ! -e \(release) ]; then : >\(release); echo -n new >$2; fi
      printf '+3,1:%s->b\\n\\n' "$old" | cdb -c -t $1.t $1
      """)
    try server.source("x.cdb").write("old")
    let result = try server.pass()
    #expect(try server.dump(server.product("x.cdb")) == ["+3,1:new->b"])
    #expect(!result.isUnsettled)
    #expect(server.state(of: "x.cdb").runs.count == 2)
    #expect(server.log.contains { $0.hasPrefix("x.cdb: stale again: ") }, "\(server.log)")
  }

  @Test func `inputs that keep changing are reported, and do not hold up the pass for ever`() throws
  {
    let server = try server()
    try server.script("x.cdb", "date +%N%N >>$2; \(Self.good.replacingSource)")
    let result = try server.pass()
    #expect(result.isUnsettled)
    #expect(server.state(of: "x.cdb").runs.count == 3)
    #expect(server.log.contains { $0.contains("keep changing") })
  }

  @Test func `a product that comes out the same stays the same file`() throws {
    let server = try server()
    try server.pass()
    let status = try FileStatus.of(server.product("x.cdb"))
    #expect(try server.run("x.cdb", forcing: true) == .unchanged)
    #expect(try FileStatus.of(server.product("x.cdb")) == status)
  }

  @Test func `owner and mode of the product survive`() throws {
    let server = try server()
    try server.pass()
    try shell("chown 65534:7 $1; chmod 0640 $1", server.product("x.cdb"))
    try server.source("x.cdb").write("b")
    #expect(try server.run("x.cdb") == .built)
    let status = try #require(try FileStatus.of(server.product("x.cdb")))
    #expect(status.owner == 65534 && status.group == 7 && status.mode == 0o640)
  }

  @Test func `a stranger's words in the output cannot forge a line of the log`() throws {
    let server = try server()
    try server.script("x.cdb", "printf 'a\\033[2Jb\\r\\0c\\n'; seq 100000; exit 1")
    try server.pass()
    let quoted = server.log.filter { $0.hasPrefix("x.cdb: | ") }
    #expect(quoted.first == "x.cdb: | a\\x1b[2Jb\\r\\x00c")
    #expect(quoted.count <= 20)
    #expect(server.log.allSatisfy { !$0.contains("\u{1b}") && !$0.contains("\n") })
  }

  @Test func `a builder's second name for another file is refused`() throws {
    let server = try server()
    let other = server.path("etc/other")
    try other.write("secret\n", mode: 0o600)
    try server.source("who").write("1")
    try server.rule("who", script: "ln \(other) $1")
    #expect(try server.run("who") == .failed)
    #expect(try FileStatus.of(other)?.mode == 0o600)
    #expect(try FileStatus.of(server.product("who")) == nil)
  }

  @Test func `stopping a pass stops its builder, and nothing counts as failed`() throws {
    let server = try server()
    try server.script("x.cdb", "echo half >$1; exec sleep 1000")
    let result = try server.pass { loop, pass in
      loop.schedule(after: .milliseconds(200)) { pass.stop() }
    }
    #expect(result.isStopped)
    #expect(server.state(of: "x.cdb").failure == nil)
    #expect(try FileStatus.of(server.product("x.cdb")) == nil)
    try server.script("x.cdb", Self.good)
    #expect(try server.run("x.cdb") == .built)
  }
}

extension String {
  /// A script that reads its source's first line only.
  fileprivate var replacingSource: String { replacing("$(cat $2)", with: "$(head -c 1 $2)") }
}
