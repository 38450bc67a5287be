import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// WATCH 14: order, what a pass would do, and what need not follow.
@Suite(.scratch, .timeLimit(.minutes(5))) struct PlanTests {
  /// `a`, from `etc/a.txt`; `b` from `a`; `c` from `b`; `d` after `a`, from a file of its own.
  func server() throws -> TestServer {
    let server = try TestServer()
    for name in ["a", "d"] { try server.source(name).write("1\n") }
    for (name, input) in [("c", "b"), ("b", "a")] {
      let script = try server.script(name, "cat $2 >$1")
      server.rule(name) {
        $0.inputs = ["/etc/\(input)"]
        $0.product = FilePath("/etc/\(name)")
        $0.command = [script, "{candidate}", server.product(input).string]
      }
    }
    try server.rule("d", script: "cat $2 >$1") { $0.after = ["a"] }
    try server.rule("a", script: "head -n 1 $2 >$1")
    return server
  }

  func plan(_ server: TestServer, forcing forced: String...) throws -> Plan {
    let survey = try StatusSurvey(server.settings, StateCache(server.store) { _ in })
    return Plan(survey, PassOrder(forced: Set(forced), includesOpaque: true, cause: ["test"]))
  }

  func ran(_ server: TestServer) throws -> [String] {
    try server.pass().entries.filter { $0.run != nil }.map(\.rule.name)
  }

  @Test func `what is made from a product comes after it, whatever the order of the rules`() throws
  {
    let server = try server()
    #expect(try ran(server) == ["a", "b", "c", "d"])
    #expect(try ran(server) == [])
    try server.source("a").write("2\n")
    #expect(try ran(server) == ["a", "b", "c"])
    #expect(try server.product("c").text == "2\n")
  }

  @Test func `a product that comes out unchanged makes nothing follow`() throws {
    let server = try server()
    try server.pass()
    try server.source("a").write("1\nmore\n")
    #expect(try ran(server) == ["a"])
    #expect(server.state(of: "a").runs.first?.result == .unchanged)
  }

  @Test func `a plan names what runs, why, and what may follow, all the way down`() throws {
    let server = try server()
    try server.pass()
    #expect(try plan(server).lines == ["nothing to do"])
    try server.source("a").write("2\n")
    let steps = try plan(server).steps
    #expect(steps.map(\.rule) == ["a", "b", "c"])
    #expect(steps.map(\.follows) == [nil, "a", "b"])
    #expect(steps.first?.why.first?.hasPrefix("/etc/a.txt changed ") == true)
    #expect(steps.first?.why.first?.hasSuffix(": +2 -1") == true)
    #expect(try plan(server, forcing: "d").steps.map(\.rule) == ["a", "b", "c", "d"])
  }

  @Test func `a plan says who waits for whom`() throws {
    let server = try server()
    try server.script("a", "exit 1")
    try server.pass()
    let plan = try plan(server)
    #expect(plan.steps.isEmpty)
    #expect(plan.blocked.map(\.rule) == ["b", "c", "d"])
    #expect(plan.blocked.map(\.by) == ["a", "b", "a"])
    #expect(try self.plan(server, forcing: "d").steps.map(\.rule) == ["d"])
  }
}
