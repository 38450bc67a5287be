import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import Triggers

@Suite(.scratch, .timeLimit(.minutes(1))) struct OnchangeTests {
  private var pipe: FilePath { Scratch.directory.pushing("run/qmail-updater/trigger") }

  /// Runs it as vpopmail does.
  private func onchange(as user: String? = nil) throws -> Tools.Result {
    // A copy, since the package may lie where others must not look.
    let script = Scratch.directory.appending("onchange")
    try script.write(try Installation.file("onchange").text, mode: 0o755)
    return try Tools.run(
      (user.map { ["setuidgid", $0] } ?? [])
        + [script.string, "add_user", "joe@shop.example", "-", ""],
      environment: ["QMAIL_UPDATER_ROOT": Scratch.directory.string], timeout: .seconds(20))
  }

  /// Whether a service at a pipe hears what is done meanwhile.
  private func isHeard(at path: FilePath, _ act: () throws -> Tools.Result) throws -> Bool {
    let loop = EventLoop()
    var isHeard = false
    let pipe = try TriggerPipe(path: path, on: loop, log: { _ in }, onPoke: { isHeard = true })
    let result = try act()
    #expect(result.code == 0, "\(result.lines)")
    var isTimeUp = false
    loop.schedule(after: .seconds(10)) { isTimeUp = true }
    while !isHeard, !isTimeUp { try loop.turn() }
    withExtendedLifetime(pipe) {}
    return isHeard
  }

  @Test func `without a pipe it ends well and leaves nothing behind`() throws {
    try FileOperations.makeDirectory(pipe.removingLastComponent())
    #expect(try onchange().code == 0)
    #expect(try FileReading.names(in: pipe.removingLastComponent()).isEmpty)
  }

  @Test func `a pipe that nobody reads does not hold it up`() throws {
    try FileOperations.makeDirectory(pipe.removingLastComponent())
    try check("mkfifo") { unsafe mkfifo(pipe.string, 0o622) }
    #expect(try onchange().code == 0)
    #expect(try FileStatus.of(pipe)?.kind == .fifo)
  }

  @Test func `the service hears it`() throws {
    #expect(try isHeard(at: pipe) { try onchange() })
  }

  @Test(.enabled(if: geteuid() == 0)) func `the service hears it from another user`() throws {
    #expect(try isHeard(at: pipe) { try onchange(as: "nobody") })
  }

  @Test(arguments: [#"pipe = "/var/poke/me""#, #"  pipe='/var/poke/me' # ours"#])
  func `it pokes the pipe that the settings name`(_ line: String) throws {
    try Scratch.directory.pushing("etc/qmail-updater.toml")
      .write("#pipe = \"/run/other\"\nsettle = 1\n\(line)\n")
    #expect(try isHeard(at: Scratch.directory.pushing("var/poke/me")) { try onchange() })
  }
}
