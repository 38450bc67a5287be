import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Rules whose command runs with another user's rights.
@Suite(.scratch, .timeLimit(.minutes(3))) struct UserTests {
  /// A tree with a user of its own, whom this machine does not know, and a rule that runs as such.
  func server(user: String, _ script: String) throws -> TestServer {
    let server = try TestServer()
    try server.path("etc/passwd").write("lists:x:61234:61235::/:/bin/false\n")
    let path = try server.script("who", script)
    try server.source("who").write("1")
    server.rule("who") {
      $0.inputs = ["/etc/who.txt"]
      $0.product = "/etc/who"
      $0.command = [path, "{candidate}"]
      $0.user = user
    }
    return server
  }

  @Test func `a builder gets no rights but those of its user in the tree`() throws {
    let server = try server(
      user: "lists", "(id -u; id -G; ls -l /proc/self/fd | grep -c /lock) >$1; :")
    #expect(try server.run("who") == .built, "\(server.log)")
    #expect(try server.product("who").text == "61234\n61235\n0\n")
    let status = try #require(try FileStatus.of(server.product("who")))
    #expect(status.owner == 0 && status.group == 0 && status.mode & 0o022 == 0)
  }

  @Test func `a program that replaces its product itself gets them too`() throws {
    let server = try server(user: "lists", "id -u >$1.new && id -G >>$1.new && mv $1.new $1")
    let path = server.path("lists/who")
    try FileOperations.makeDirectory(path.removingLastComponent())
    chown(path.removingLastComponent().string, 61234, 61235)
    server.rule("who") {
      $0.inputs = ["/etc/who.txt"]
      $0.product = "/lists/who"
      $0.command = [Scratch.directory.appending("bin/who").string, path.string]
      $0.user = "lists"
    }
    #expect(try server.run("who") == .built, "\(server.log)")
    #expect(try path.text == "61234\n61235\n")
  }

  @Test func `a user of this machine is none of the tree`() throws {
    let server = try server(user: "nobody", "echo >$1")
    #expect(try server.run("who") == .failed)
    #expect(server.log.contains { $0.contains("unable to find user nobody") }, "\(server.log)")
    #expect(try server.leftovers(in: server.path("etc")).isEmpty)
  }

  @Test func `its failure is told by its own name`() throws {
    let server = try server(user: "lists", "echo sorry; exit 3")
    #expect(try server.run("who") == .failed)
    #expect(server.log.contains { $0.contains("who: exit 3: sorry") }, "\(server.log)")
  }
}
