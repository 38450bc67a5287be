import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// What a builder reports to have read, in its depfile.
@Suite(.scratch, .timeLimit(.minutes(3))) struct ReportedInputTests {
  @Test func `what a builder reports in its depfile becomes an input`() throws {
    let server = try TestServer()
    let home = server.path("home/d")
    let vpasswd = home.appending("vpasswd")
    try vpasswd.write("ann\n")
    try home.appending("other").write("")
    try server.source("list").write("1\n")
    try server.rule(
      "list",
      script: """
        r=$QMAIL_UPDATER_ROOT
        { cat $2 $r/home/d/vpasswd; ls -A $r/home/d | grep '^.qmail-' || :; } >$1
        printf '%s\\n' $r/home/d/vpasswd "$r/home/d/.qmail-*" >$3
        """)
    #expect(try server.run("list") == .built)
    // What was reported was read at some moment of the first run: it may take a second one.
    _ = try server.pass()
    #expect(try server.run("list") == nil)
    try vpasswd.write("ann\nbob\n")
    #expect(try server.run("list") == .built)
    try home.appending(".qmail-x").write("")
    #expect(try server.run("list") == .built)
    #expect(try server.product("list").text == "1\nann\nbob\n.qmail-x\n")
    try home.appending("unrelated").write("")
    #expect(try server.run("list") == nil)
    try FileOperations.remove(vpasswd)
    _ = try server.pass()
    #expect(server.log.contains { $0.contains("/home/d/vpasswd is gone") }, "\(server.log)")
  }

  @Test func `a path that cannot be watched is told of, and every poke runs the rule`() throws {
    let server = try TestServer()
    try server.source("list").write("1\n")
    try server.rule("list", script: "cat $2 >$1; printf '/d/\\377/\\n' >$3")
    #expect(try server.run("list") == .built)
    #expect(try server.run("list") == nil)
    let entry = try server.entry("list", in: server.pass(includesOpaque: true))
    #expect(entry.run?.result == .unchanged)
    #expect(
      server.log.contains {
        $0 == "list: 1 path that it reads is no UTF-8 and cannot be watched: every poke runs it"
      }, "\(server.log)")
  }

  /// Where a file lies that only the builder knows of; the second is beside the product.
  static let places = ["home/d/more", "etc/more"]

  /// A list whose builder reads one more file, if it is there, and reports it in any case.
  func server(reading place: String, _ rest: String = "") throws -> TestServer {
    let server = try TestServer()
    try server.source("list").write("1\n")
    for directory in ["home/d", "etc"] {
      try FileOperations.makeDirectory(server.path(directory))
    }
    try server.rule(
      "list",
      script: """
        more=$QMAIL_UPDATER_ROOT/\(place)
        cat $2 >$1
        [ ! -e $more ] || cat $more >>$1
        echo $more >$3
        \(rest)
        """)
    return server
  }

  @Test(arguments: [
    (places[0], "rm $more"), (places[0], "rm -r $QMAIL_UPDATER_ROOT/home"), (places[1], "rm $more"),
  ])
  func `a file that is removed while the first run reads it is missed`(
    place: String, removal: String
  ) throws {
    let server = try server(reading: place, "[ ! -e $more ] || \(removal)")
    try server.path(place).write("2\n")
    #expect(try server.run("list") == .built)
    _ = try server.pass()
    #expect(try server.product("list").text == "1\n")
    #expect(server.log.contains { $0.contains("/more is gone") }, "\(server.log)")
    #expect(try server.run("list") == nil)
  }

  @Test(arguments: places) func `a file that was never there costs no second run`(
    place: String
  ) throws {
    let server = try server(reading: place)
    // The directories are older than the run by more than their stamps can lag behind.
    try shell("touch -d '1 hour ago' $1 $2", server.path("home/d"), server.path("etc"))
    #expect(try server.run("list") == .built)
    #expect(server.state(of: "list").runs.count == 1)
    #expect(try server.run("list") == nil)
    try server.path(place).write("2\n")
    #expect(try server.run("list") == .built)
    #expect(try server.product("list").text == "1\n2\n")
  }
}
