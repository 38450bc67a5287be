import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Pokes of the pipe, under the service.
@Suite(.scratch, .timeLimit(.minutes(5))) struct PipeWatcherPokeTests {
  /// A service with one slow builder, whose input nothing but the pokes tells of.
  private func startSlowBuilder() throws -> (ToolServer, input: FilePath) {
    let server = try ToolServer()
    try server.configure(
      "watch = false\n" + ToolServer.quick + server.rule("x", script: ToolServer.slowBuilder))
    let input = server.path("etc/x.txt")
    try input.write("0\n")
    try server.startService()
    return (server, input)
  }

  /// WATCH 1, 2 and 4.
  @Test func `500 pokes at random moments during slow builds: a pass begins after the last`() throws
  {
    let (server, input) = try startSlowBuilder()
    for round in 1...5 {
      let before = server.runs()
      try shell(
        """
        i=0
        while [ $i -lt 100 ]; do
          i=$((i + 1)); echo "$3.$i" >$1
          case $((i % 3)) in 0) echo >$2;; 1) touch $2;; 2) : >$2;; esac
          [ $((i % 7)) != 0 ] || sleep 0.0$((i % 9))
        done
        """, input, server.pipe, FilePath("\(round)"))
      try server.wait("the last poke of round \(round)") {
        try server.path("etc/x").text == "\(round).100\n"
      }
      #expect(server.runs() - before < 40, "a burst is few runs")
    }
    #expect(try FileStatus.of(server.path("etc/x.txt.bad")) == nil, "two builders at once")
  }

  /// WATCH 1: none is lost, of 500, each looked for before the next comes.
  @Test func `each of 500 touches and echoes is followed by a pass`() throws {
    let server = try ToolServer()
    try server.configure(
      "watch = false\nlimits.poke_burst = 100000\n" + ToolServer.quick
        + server.rule("x", script: "cat $2 >$1"))
    try server.path("etc/x.txt").write("0\n")
    try server.startService()
    let lost = try shell(
      """
      i=0
      while [ $i -lt 500 ]; do
        i=$((i + 1)); echo $i >$1.txt
        case $((i % 2)) in 0) echo >$2;; 1) touch $2;; esac
        n=0
        while read -r made <$1 && [ $made != $i ]; do
          n=$((n + 1)); sleep 0.002
          if [ $n = 2000 ]; then echo "lost $i"; break; fi
        done
      done
      """, server.path("etc/x"), server.pipe)
    #expect(lost.lines == [])
  }

  /// WATCH 4 and 20: a flood is few runs, and the service still answers.
  @Test func `a burst of 1,000 pokes is at most one run and one more`() throws {
    let (server, input) = try startSlowBuilder()
    let (runsBefore, passesBefore) = (server.runs(), server.count("pass: ended"))
    let began = Instant.now
    try shell(
      "echo 1 >$1; i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); : >$2; done; echo 2 >$1; : >$2",
      input, server.pipe)
    try server.wait("the last edit") { try server.path("etc/x").text == "2\n" }
    #expect(server.runs() - runsBefore <= 2)
    // Ten at once, then one a second.
    let passes = server.count("pass: ended") - passesBefore
    #expect(passes <= 11 + Int((Instant.now - began).seconds), "\(passes)")
    // WATCH 20.
    try shell(
      "i=0; while [ $i -lt 10000 ]; do i=$((i + 1)); : >$2; done; echo 3 >$1; touch $2",
      input, server.pipe)
    try server.wait("an answer after the flood") { try server.path("etc/x").text == "3\n" }
    #expect(try FileStatus.of(server.path("etc/x.txt.bad")) == nil)
  }

  @Test func `what no file shows is made at a poke, and once more when vpopmail has done its work`()
    throws
  {
    let server = try ToolServer()
    // A database that nobody watches; vpopmail pokes before it deletes from it.
    let hidden = Scratch.directory.appending("database")
    try hidden.write("ann bob\n")
    try server.configure(
      ToolServer.quick + server.rule("x", script: "cat \(hidden) >$1", "opaque = true"))
    try server.path("etc/x.txt").write("")
    try server.startService()
    try server.wait("the first list") { try server.path("etc/x").text == "ann bob\n" }
    try shell("touch $1", server.pipe)
    try server.wait(for: "1 ran, in", beyond: 1)
    try hidden.write("ann\n")
    try server.wait("the list without bob") { try server.path("etc/x").text == "ann\n" }
    #expect(server.count("opaque rules once more after the last poke") > 0, "\(server.log)")
  }
}
