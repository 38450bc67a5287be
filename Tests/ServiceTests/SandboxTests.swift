import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The sandbox server, and the demo that lives in it.
@Suite(.scratch, .timeLimit(.minutes(2))) struct SandboxTests {
  private let tree = Scratch.directory.appending("tree with blanks")

  private func makeSandbox() throws -> Tools.Result {
    let programs = FilePath(try Tools.own("mkauth")).removingLastComponent()
    return try Installation.run("sandbox", [tree.string, programs.string])
  }

  private func update(_ arguments: String...) throws -> Tools.Result {
    try Tools.run([try Tools.own("update-qmail"), "--root", tree.string] + arguments)
  }

  @Test func `one pass makes everything in it, and the next one finds nothing to do`() throws {
    let made = try makeSandbox()
    #expect(made.code == 0, "\(made.lines)")
    let pass = try update()
    #expect(pass.code == 0, "\(pass.lines)")
    for product in ["users/cdb", "morercpthosts.cdb", "validrcptto.cdb"] {
      #expect(pass.lines.contains { $0.hasPrefix("\(product): built: ") }, "\(pass.lines)")
    }
    let control = tree.pushing("var/qmail/control")
    for name in ["user00400@shop.example", "ann-lists@example.net", "@backup.example"] {
      #expect(
        try Tools.run(["cdb", "-q", control.appending("validrcptto.cdb").string, name]).code == 0)
    }
    #expect(
      try Tools.run(["cdb", "-q", tree.pushing("etc/tcp.smtp.cdb").string, "127."]).code == 0)
    let next = try update()
    #expect(next.code == 0)
    #expect(next.lines == [])
  }

  @Test func `it can be made again over itself`() throws {
    #expect(try makeSandbox().code == 0)
    #expect(try update().code == 0)
    #expect(try makeSandbox().code == 0)
    #expect(try update().code == 0)
  }

  @Test func `its qmail-send takes no offence at a missing locals, as the real one`() throws {
    _ = try makeSandbox()
    let script = """
      cd "$0/service/qmail-send"
      ./run & send=$!
      for change in 'rm' 'mkdir'; do
        sleep 0.3; $change ../../var/qmail/control/locals; kill -HUP $send; sleep 0.3; echo "$change"
      done
      kill $send; wait $send
      """
    let result = try Tools.run(["sh", "-c", script, tree.string])
    let said = result.lines.filter { ["rm", "alert:", "mkdir"].contains($0.prefix { $0 != " " }) }
    #expect(said == ["rm", "alert: unable to reread control/locals", "mkdir"], "\(result.text)")
  }

  @Test func `a directory with something else in it is not touched`() throws {
    try tree.appending("precious").write("mine\n")
    let result = try makeSandbox()
    #expect(result.code == 111)
    #expect(try FileReading.names(in: tree) == ["precious"])
  }

  @Test func `the demo runs without a terminal, and leaves nothing`() throws {
    let programs = try Installation.collectPrograms()
    let result = try Installation.run(
      "demo", ["--programs", programs.string],
      environment: ["TMPDIR": Scratch.directory.string])
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("+7,14:10.9.8.->+RELAYCLIENT="))
    #expect(result.text.contains(" tcp.smtp.cdb: built: 4 -> 5 records (+1 -0 ~0), in "))
    #expect(result.text.contains("== The console, as plain text"))
    #expect(try Installation.processes(in: Scratch.directory) == [])
    #expect(try FileReading.names(in: Scratch.directory) == ["programs"])
  }

  @Test(arguments: ["TERM", "HUP"])
  func `a demo that is stopped leaves nothing`(_ signal: String) throws {
    let programs = try Installation.collectPrograms()
    // The signal comes when the first pass has just begun.
    let script = """
      "$0" --programs "$1" & demo=$!
      until ls "$TMPDIR"/*/etc/tcp.smtp.cdb >/dev/null 2>&1; do sleep 0.02; done
      kill -s "$2" $demo
      wait $demo
      """
    let result = try Tools.run(
      ["bash", "-c", script, Installation.file("demo").string, programs.string, signal],
      environment: ["TMPDIR": Scratch.directory.string])
    #expect(result.code == 143, "\(result.text)")
    #expect(try Installation.processes(in: Scratch.directory) == [])
    #expect(try FileReading.names(in: Scratch.directory) == ["programs"])
  }
}
