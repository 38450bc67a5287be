import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Programs with fixed names, which replace their product themselves, as newaliases does.
@Suite(.scratch, .timeLimit(.minutes(5))) struct InPlaceTests {
  static let good = """
    printf '+1,1:%s->b\\n\\n' "$(cat $2)" | cdb -c -t $1.tmp $1
    """

  func server(timeout: Int = 30) throws -> TestServer {
    let server = try TestServer()
    let script = try server.script("x.cdb", Self.good)
    try server.source("x.cdb").write("a")
    server.rule("x.cdb") {
      $0.inputs = ["/etc/x.cdb.txt"]
      $0.product = "/etc/x.cdb"
      $0.command = [script, server.product("x.cdb").string, server.source("x.cdb").string]
      $0.timeout = .seconds(timeout)
    }
    return server
  }

  @Test func `it is built, compared, and its previous product kept`() throws {
    let server = try server()
    #expect(try server.run("x.cdb") == .built)
    #expect(try server.run("x.cdb") == nil)
    try shell("chmod 640 $1; chown 65534 $1", server.product("x.cdb"))
    try server.source("x.cdb").write("b")
    #expect(try server.run("x.cdb") == .built)
    let status = try #require(try FileStatus.of(server.product("x.cdb")))
    #expect(status.owner == 65534 && status.mode == 0o640)
    #expect(server.state(of: "x.cdb").runs.first?.records?.removed == 1)
    #expect(try server.dump(server.store.previousPath(of: "x.cdb")) == ["+1,1:a->b"])
  }

  static let bad = [
    ("exit 0 without replacing", ":", "did not replace its product"),
    ("exit 1 without replacing", "exit 1", "exit 1"),
    ("exit 1 after replacing", "\(good); exit 1", "exit 1"),
    ("exit 0 with rubbish", "echo rubbish >$1.n; mv $1.n $1", "no good"),
    ("rubbish written in place", "echo rubbish >$1", "no good"),
    ("exit 0 after removing", "rm $1", "did not replace its product"),
    ("hangs after replacing", "\(good); sleep 1000", "took longer than"),
  ]

  @Test(arguments: bad)
  func `when it fails the old product is put back, and stays stale`(
    description: String, script: String, says: String
  ) throws {
    let server = try server(timeout: description.hasPrefix("hangs") ? 1 : 30)
    #expect(try server.run("x.cdb") == .built)
    try shell("chmod 640 $1; touch -d '1 hour ago' $1", server.product("x.cdb"))
    try server.pass()
    try server.source("x.cdb").write("z")
    try server.script("x.cdb", script)
    let entry = try server.entry("x.cdb")
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary.contains(says) == true, "\(entry.run?.summary ?? "")")
    #expect(try server.dump(server.product("x.cdb")) == ["+1,1:a->b"])
    #expect(try FileStatus.of(server.product("x.cdb"))?.mode == 0o640)

    // What was put back is not taken for something new.
    #expect(try server.run("x.cdb") == nil)
    #expect(try server.status(of: "x.cdb").word == "failed")
    try server.letRetryCome("x.cdb")
    #expect(try server.status(of: "x.cdb").word == "stale")
    try server.script("x.cdb", Self.good)
    #expect(try server.run("x.cdb") == .built)
    #expect(try server.dump(server.product("x.cdb")) == ["+1,1:z->b"])
    #expect(
      try server.leftovers(
        in: server.path("etc"), server.store.previousPath(of: "x").removingLastComponent()) == [])
  }

  @Test func `when there was no product, a bad one is removed`() throws {
    let server = try server()
    try server.script("x.cdb", "echo rubbish >$1")
    #expect(try server.run("x.cdb") == .failed)
    #expect(try FileStatus.of(server.product("x.cdb")) == nil)
  }
}
