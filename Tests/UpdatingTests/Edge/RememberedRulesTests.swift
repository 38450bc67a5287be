import Glibc
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// A pass of the service begins with the rules of the one before.
@Suite(.scratch, .timeLimit(.minutes(1))) struct RememberedRulesTests {
  /// A server whose second pass remembers the rules of the first.
  private final class Server {
    let server: TestServer
    private let loop = EventLoop()
    private let environment: PassEnvironment
    private let states: StateCache

    init(_ server: TestServer) throws {
      self.server = server
      environment = server.environment(loop)
      states = StateCache(server.store) { _ in }
      // Until then a change within the same tick of the clock would go unseen.
      usleep(25_000)
      try pass()
      try #require(environment.catalogue.remembered != nil)
    }

    @discardableResult
    func pass() throws -> PassResult {
      var result: PassResult?
      Pass(PassOrder(cause: ["test"]), in: environment, states: states) { [loop] in
        result = $0
        loop.stop()
      }.start()
      if result == nil { try loop.run() }
      return try #require(result)
    }

    /// The lines of the log that tell of runs, and of passes that begin once more.
    var log: [String] {
      server.log.filter { line in
        ["stale", "built", "begins", "failed"].contains { line.contains(": \($0)") }
      }.map { line in
        line.split(separator: ",")[0].split(separator: ":").prefix(2).joined(separator: ":")
      }
    }
  }

  private static let beginsOnceMore = "pass: begins once more"

  @Test func `what our own builder has made counts for nothing when a rule has come`() throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    let remembering = try Server(server)
    try server.control("morercpthosts").write("a.example\nb.example\n")
    try server.settings.layout.users.appending("assign").write("=a:b:1:1:/h:::\n.\n")
    let before = remembering.log.count
    let result = try remembering.pass()
    #expect(
      Array(remembering.log[before...]) == [
        Self.beginsOnceMore, "users/cdb: stale", "users/cdb: built", "morercpthosts.cdb: stale",
        "morercpthosts.cdb: built",
      ])
    #expect(result.entries.map(\.rule.name) == ["users/cdb", "morercpthosts.cdb"])
    #expect(try server.leftovers(in: server.settings.layout.control) == [])
    let state = server.state(of: "morercpthosts.cdb")
    #expect(state.runs.count == 2 && state.state == "fresh" && state.running == nil)
  }

  @Test func `a rule that comes while a program runs has its turn first`() throws {
    let server = try TestServer()
    let assign = server.settings.layout.users.appending("assign")
    try server.rule(
      "list", script: "cp $2 $1; [ $(wc -l <$2) = 1 ] || printf '=a:b:1:1:/h:::\\n.\\n' >\(assign)")
    try server.source("list").write("one\n")
    let remembering = try Server(server)
    try server.source("list").write("one\ntwo\n")
    let before = remembering.log.count
    try remembering.pass()
    #expect(
      Array(remembering.log[before...]) == [
        "list: stale", Self.beginsOnceMore, "users/cdb: stale", "users/cdb: built",
        "list: stale", "list: built",
      ])
    #expect(try FileReading.contents(of: server.product("list")) == Array("one\ntwo\n".utf8))
  }

  @Test func `a program that was started with other rules is stopped`() throws {
    let server = try TestServer()
    let stuck = Scratch.directory.appending("stuck")
    try server.rule(
      "slow", script: "if [ -e \(stuck) ]; then rm \(stuck); exec sleep 300; fi; cp $2 $1")
    try server.source("slow").write("one\n")
    let remembering = try Server(server)
    try server.source("slow").write("two\n")
    try server.settings.layout.users.appending("assign").write("=a:b:1:1:/h:::\n.\n")
    try stuck.write("")
    let before = remembering.log.count
    try remembering.pass()
    #expect(
      Array(remembering.log[before...]) == [
        "slow: stale", Self.beginsOnceMore, "users/cdb: stale", "users/cdb: built",
        "slow: stale", "slow: built",
      ])
    #expect(try FileReading.contents(of: server.product("slow")) == Array("two\n".utf8))
  }

  @Test func `nothing is replaced when nobody knows any more what rules there are`() throws {
    let server = try TestServer()
    try FileOperations.makeDirectory(server.path("etc/tcp"))
    let product = server.path("etc/tcp/x.cdb")
    try server.rule("mine", script: "cdb -c -t $1.t $1 <$2") {
      $0.product = FilePath("/etc/tcp/x.cdb")
    }
    try server.source("mine").write("+1,3:a->old\n\n")
    let remembering = try Server(server)
    try server.source("mine").write("+1,3:a->new\n\n")
    // Its rule would have the same product.
    try server.path("etc/tcp/x").write(":allow\n")
    let failure = try #require(try remembering.pass().failure)
    #expect(failure.contains("x.cdb"), "\(failure)")
    #expect(try server.dump(product) == ["+1,3:a->old"])
    try FileOperations.remove(server.path("etc/tcp/x"))
    #expect(try remembering.pass().failure == nil)
    #expect(try server.dump(product) == ["+1,3:a->new"])
  }

  @Test func `rules that are made anew and are the same ones are no news`() throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    let remembering = try Server(server)
    try server.control("morercpthosts").write("b.example\n")
    try server.path("usr/local/bin/anything").write("")
    try remembering.pass()
    #expect(!remembering.log.contains(Self.beginsOnceMore))
  }

  @Test func `what is told of a rule is told of one that is there`() throws {
    let server = try TestServer()
    try server.control("morevalidrcptto").write("a@a.example\n")
    let remembering = try Server(server)
    // The file and the product: the rule itself has gone.
    try FileOperations.remove(server.control("morevalidrcptto"))
    try FileOperations.remove(server.control("morevalidrcptto.cdb"))
    let before = server.log.count
    let result = try remembering.pass()
    #expect(result.entries.isEmpty)
    #expect(Array(server.log[before...]) == [])
  }
}
