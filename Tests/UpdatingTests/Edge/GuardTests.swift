import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Nothing is thrown away by accident (WATCH 13), and one word brings the previous product back.
@Suite(.scratch, .timeLimit(.minutes(5))) struct GuardTests {
  /// A guarded list of keys.
  func server(_ count: Int) throws -> TestServer {
    let server = try TestServer()
    try server.rule(
      "x.cdb", script: "sed 's/.*/+4,0:&->/' $2 >$1.in; echo >>$1.in; cdb -c -t $1.t $1 $1.in"
    ) {
      $0.isGuarded = true
    }
    try list(count, of: server)
    return server
  }

  func list(_ count: Int, from first: Int = 1000, of server: TestServer) throws {
    let keys = (first..<(first + count)).map { "\($0)\n" }.joined()
    try server.source("x.cdb").write(keys)
  }

  func count(_ server: TestServer) throws -> Int { try server.dump(server.product("x.cdb")).count }

  @Test func `a list that would lose too much is held, told, and released by force`() throws {
    let server = try server(100)
    #expect(try server.run("x.cdb") == .built)
    try list(79, of: server)
    let result = try server.pass()
    #expect(try server.entry("x.cdb", in: result).run?.result == .held)
    #expect(result.isTrouble)
    #expect(try count(server) == 100)
    let hold = try #require(server.state(of: "x.cdb").hold)
    #expect(hold.losing.count == 20)
    #expect(hold.losing.allSatisfy { $0.hasPrefix("-10") })
    #expect(hold.records?.removed == 21)
    #expect(
      server.log.contains(
        "x.cdb: held: would lose 21 of 100 records; "
          + "force it with: update-qmail --root \(server.root) --force x.cdb"))
    // Once.
    let told = server.log.count
    #expect(try server.run("x.cdb") == nil)
    #expect(server.log.count == told)
    // But an operator who asks gets an answer.
    #expect(try server.pass(asked: .now).isTrouble)
    #expect(server.log.count == told + 1 && server.log.last?.hasPrefix("x.cdb: held: ") == true)
    let plan = Plan(
      try StatusSurvey(server.settings, StateCache(server.store) { _ in }),
      PassOrder(cause: ["test"]))
    #expect(plan.lines == ["nothing to do"])
    let whole = plan.lines(andWhatStays: true)
    #expect(whole.count == 1 && whole[0].hasPrefix("x.cdb: would stay held: would lose 21"))

    #expect(try server.run("x.cdb", forcing: true) == .built)
    #expect(try count(server) == 79)
    #expect(server.state(of: "x.cdb").hold == nil)
    #expect(try server.run("x.cdb") == nil)
  }

  @Test func `a smaller loss passes, and so does a list that grows`() throws {
    let server = try server(100)
    try server.pass()
    for count in [80, 200] {
      try list(count, of: server)
      #expect(try server.run("x.cdb") == .built)
    }
    try list(10, from: 5000, of: server)
    #expect(try server.run("x.cdb") == .held)
  }

  @Test func `changed inputs are looked at anew while a rule is held`() throws {
    let server = try server(100)
    try server.pass()
    try list(10, of: server)
    #expect(try server.run("x.cdb") == .held)
    try list(20, of: server)
    #expect(try server.run("x.cdb") == .held)
    try list(95, of: server)
    #expect(try server.run("x.cdb") == .built)
    #expect(try count(server) == 95)
    #expect(server.state(of: "x.cdb").hold == nil)
  }

  @Test func `taking the edit back ends the hold without a build`() throws {
    let server = try server(100)
    try server.pass()
    try list(10, of: server)
    #expect(try server.run("x.cdb") == .held)
    try list(100, of: server)
    #expect(try server.run("x.cdb") == nil)
    #expect(try server.status(of: "x.cdb").word == "fresh")
  }

  @Test func `what a held builder has read releases the hold when it changes`() throws {
    let server = try server(100)
    try server.pass()
    let other = server.path("home/vpasswd")
    try other.write("10\n")
    // Another builder, which reads more than is declared; it has no record of this rule yet.
    try server.rule(
      "x.cdb",
      script: """
        r=$QMAIL_UPDATER_ROOT/home/vpasswd
        head -n $(cat $r) $2 | sed 's/.*/+4,0:&->/' >$1.in; echo >>$1.in; cdb -c -t $1.t $1 $1.in
        echo $r >$3
        """
    ) {
      $0.isGuarded = true
    }
    try FileOperations.remove(server.store.path(of: "x.cdb"))
    try server.source("x.cdb").write(try server.source("x.cdb").text)
    #expect(try server.run("x.cdb") == .held)
    #expect(try server.run("x.cdb") == nil)
    try other.write("90\n")
    #expect(try server.run("x.cdb") == .built)
    #expect(try count(server) == 90)
  }

  @Test func `the same for a builder that fails`() throws {
    let server = try server(100)
    try server.pass()
    let other = server.path("home/vpasswd")
    try other.write("bad\n")
    try server.rule(
      "x.cdb",
      script: """
        r=$QMAIL_UPDATER_ROOT/home/vpasswd
        echo $r >$3
        grep -q bad $r && exit 111
        printf '+1,0:a->\\n\\n' | cdb -c -t $1.t $1
        """)
    try list(99, of: server)
    #expect(try server.run("x.cdb") == .failed)
    #expect(try server.run("x.cdb") == nil)
    try other.write("good\n")
    #expect(try server.run("x.cdb") == .built)
  }

  // MARK: - Rollback

  @Test func `a rollback brings the previous product back and holds the rule`() throws {
    let server = try server(3)
    try server.pass()
    try list(5, of: server)
    try server.pass()
    #expect(try count(server) == 5)
    try shell("chmod 640 $1; chown 65534:7 $1", server.product("x.cdb"))

    let report = try server.rollBack("x.cdb")
    #expect(report.result == .rolledBack)
    #expect(report.records == RecordCounts(before: 5, after: 3, added: 0, removed: 2, changed: 0))
    #expect(try count(server) == 3)
    let status = try #require(try FileStatus.of(server.product("x.cdb")))
    #expect(status.owner == 65534 && status.group == 7 && status.mode == 0o640)
    #expect(try server.status(of: "x.cdb").word == "held")
    #expect(try server.run("x.cdb") == nil)
    #expect(try server.pass(includesOpaque: true).isTrouble)

    // Twice is back again.
    _ = try server.rollBack("x.cdb")
    #expect(try count(server) == 5)
    #expect(try server.run("x.cdb") == nil)
    _ = try server.rollBack("x.cdb")
    #expect(try count(server) == 3)
  }

  @Test func `a product that was removed comes back, with the owner and mode that it had`() throws {
    let server = try server(3)
    server.rule("x.cdb") { [change = server.settings.ruleChanges[0]] in
      $0 = change
      $0.onlyIfProductExists = true
    }
    try shell("echo | cdb -c -t $1.t $1; chown 65534:7 $1; chmod 640 $1", server.product("x.cdb"))
    try server.pass()
    try list(5, of: server)
    try server.pass()
    try FileOperations.remove(server.product("x.cdb"))
    // It is told once, and not made anew by itself, whatever happens.
    for includesOpaque in [false, true, true] {
      let entry = try server.entry("x.cdb", in: server.pass(includesOpaque: includesOpaque))
      #expect(entry.run == nil && entry.verdict.word == "off" && !entry.verdict.isTrouble)
    }
    try list(5, of: server)
    #expect(try server.run("x.cdb") == nil)
    let told = server.log.filter { $0.contains("its product was removed") }
    #expect(told.count == 1, "\(told)")
    let command = "update-qmail --root \(server.root) --rollback x.cdb"
    #expect(told.first?.contains("\(command) brings the previous one") == true)

    let report = try server.rollBack("x.cdb")
    #expect(report.records == RecordCounts(before: 0, after: 3, added: 3, removed: 0, changed: 0))
    #expect(try count(server) == 3)
    let status = try #require(try FileStatus.of(server.product("x.cdb")))
    #expect(status.owner == 65534 && status.group == 7 && status.mode == 0o640)
    #expect(try server.status(of: "x.cdb").word == "held")
    #expect(try server.run("x.cdb", forcing: true) == .built)
    #expect(try count(server) == 5)
  }

  @Test func `a product that was removed is made anew at an operator's word`() throws {
    let server = try server(3)
    server.rule("x.cdb") { [change = server.settings.ruleChanges[0]] in
      $0 = change
      $0.onlyIfProductExists = true
    }
    #expect(try server.pass().entries.isEmpty, "it was never there")
    #expect(try server.pass().entries.isEmpty, "nor is it now")
    try server.product("x.cdb").write("")
    #expect(try server.run("x.cdb") == .built)
    try FileOperations.remove(server.product("x.cdb"))
    #expect(try server.run("x.cdb") == nil)
    #expect(try server.status(of: "x.cdb").reasons.first?.hasPrefix("its product was") == true)
    #expect(try server.run("x.cdb", forcing: true) == .built)
    #expect(try count(server) == 3)
    #expect(try server.status(of: "x.cdb").word == "fresh")
  }

  @Test func `a rolled back rule goes on when it is forced, or when its inputs change`() throws {
    let server = try server(3)
    try server.pass()
    try list(5, of: server)
    try server.pass()
    _ = try server.rollBack("x.cdb")
    #expect(try server.run("x.cdb", forcing: true) == .built)
    #expect(try count(server) == 5)
    #expect(try server.run("x.cdb") == nil)

    _ = try server.rollBack("x.cdb")
    try server.source("x.cdb").write(try server.source("x.cdb").text)
    #expect(try server.run("x.cdb") == nil)
    try list(6, of: server)
    #expect(try server.run("x.cdb") == .built)
    #expect(try count(server) == 6)
  }

  @Test func `a held product that is damaged is made anew, and the sound previous one is kept`()
    throws
  {
    let server = try server(3)
    try server.pass()
    try list(5, of: server)
    try server.pass()
    _ = try server.rollBack("x.cdb")
    try shell("truncate -s 2049 $1", server.product("x.cdb"))
    #expect(try server.run("x.cdb") == .built)
    #expect(try count(server) == 5)
    #expect(server.log.contains { $0.contains("stale: the product is damaged") }, "\(server.log)")
    // Not the damaged one: that is of no use to anybody.
    let report = try server.rollBack("x.cdb")
    #expect(report.records?.after == 5)
  }

  @Test func `what cannot be rolled back says why`() throws {
    let server = try server(3)
    #expect(throws: RollbackError.noSuchRule("none")) { try server.rollBack("none") }
    #expect(throws: RollbackError.nothingKept("x.cdb")) { try server.rollBack("x.cdb") }
    try server.pass()
    try list(5, of: server)
    try server.pass()
    let kept = server.store.previousPath(of: "x.cdb")
    let sound = try FileReading.contents(of: kept)
    try FileOperations.remove(kept)
    try kept.write("rubbish")
    #expect(throws: RollbackError.self) { try server.rollBack("x.cdb") }
    #expect(try count(server) == 5)
    try kept.write(sound)
    // A link in the product's place is somebody's own arrangement.
    try shell("mv $1 $1.real; ln -s $1.real $1", server.product("x.cdb"))
    #expect(throws: RollbackError.self) { try server.rollBack("x.cdb") }
    #expect(try FileStatus.of(server.product("x.cdb"), followingLinks: false)?.kind == .link)
  }
}
