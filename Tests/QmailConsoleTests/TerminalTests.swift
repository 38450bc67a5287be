import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The real console on a real terminal.
@Suite(.scratch, .timeLimit(.minutes(2))) struct TerminalTests {
  @Test func `q gives the terminal back`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.start(server)
    #expect(try screen.isFullScreen())
    try screen.press("q")
    let text = try screen.wait { $0.contains("code 0") }
    #expect(text.contains("READY"))
    #expect(try !screen.isFullScreen())
    #expect(try screen.isCursorVisible())
    #expect(try screen.areModesRestored())
  }

  @Test func `where there is no second screen the last line is cleared for the shell`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.type(line: "TERM=linux")
    try screen.start(server)
    try screen.press("q")
    let text = try screen.wait { $0.contains("code 0") }
    #expect(text.contains("PRODUCT"))
    #expect(text.split(separator: "\n").contains("code 0"))
  }

  @Test func `keys that are sent another way than TERM says are those keys`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    // PuTTY is such a terminal; here tmux is.
    try screen.type(line: "TERM=xterm-256color")
    try screen.start(server)
    try screen.press("End", "Enter")
    try screen.wait { $0.contains("── tcp.smtp.cdb ──") }
    // The 1 of a number pad, Ctrl-F5, and then a key: none of them ends the page or the console.
    try screen.type("\u{1b}Oq\u{1b}[15;5~\u{1b}[1;5q")
    try screen.press("?")
    try screen.wait { $0.contains("qmail-console: help") }
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGSEGV, SIGABRT])
  func `every end gives the terminal back`(_ signal: Int32) throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.start(server)
    kill(try screen.consolePid(), signal)
    try screen.wait { $0.contains("code \(128 + signal)") }
    #expect(try !screen.isFullScreen())
    #expect(try screen.isCursorVisible())
    #expect(try screen.areModesRestored())
  }

  @Test func `it stops at ^Z and comes back whole with fg`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.start(server)
    try screen.press("C-z")
    try screen.wait { $0.contains("Stopped") }
    #expect(try !screen.isFullScreen())
    try screen.type(line: "fg")
    try screen.wait { $0.contains("q quit") && $0.contains("PRODUCT") }
    #expect(try screen.isFullScreen())
    try screen.press("q")
    try screen.wait { !$0.contains("PRODUCT") }
    #expect(try screen.areModesRestored())
  }

  @Test func `it survives every size and draws the last one whole`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.start(server)
    for (columns, rows) in [(200, 50), (1, 1), (60, 16), (2, 40), (150, 2), (59, 15), (100, 30)] {
      try screen.resize(columns: columns, rows: rows)
    }
    let text = try screen.wait { $0.contains("q quit") && $0.contains("services ───") }
    #expect(text.contains("morercpthosts.cdb"))
    try screen.resize(columns: 40, rows: 10)
    try screen.wait { $0.contains("qmail-console needs 60×16") }
    try screen.resize(columns: 80, rows: 24)
    try screen.wait { $0.contains("q quit") }
  }

  @Test func `what others write over the screen is repaired by ^L`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.start(server)
    let tty = try FileReading.resolved(FilePath("/proc/\(try screen.consolePid())/fd/0"))
    try Tools.run(["sh", "-c", "printf '\\033[5;1HBroadcast message' >\(tty)"])
    try screen.wait { $0.contains("Broadcast message") }
    try screen.press("C-l")
    try screen.wait { !$0.contains("Broadcast message") }
  }

  @Test func `others may not write to the terminal meanwhile, and may again afterwards`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.start(server)
    let tty = try FileReading.resolved(FilePath("/proc/\(try screen.consolePid())/fd/0"))
    #expect(try FileStatus.of(tty).map { $0.mode & 0o022 } == 0)
    let before = try FileStatus.of(tty)?.mode
    try screen.press("q")
    try screen.wait { $0.contains("code 0") }
    #expect(try FileStatus.of(tty).map { $0.mode >= (before ?? 0) } == true)
  }

  @Test func `without a terminal it prints the picture of the moment and says why`() throws {
    let server = try MailServer()
    let result = try Tools.run(
      [try Tools.own("qmail-console"), "--root", server.root.string],
      environment: ["LANG": "C.UTF-8"])
    #expect(result.code == 1)
    #expect(result.text.contains("there is no terminal here"))
    #expect(result.text.contains("PRODUCT"))
  }

  @Test(arguments: ["dumb", "no-such-terminal"])
  func `a terminal that cannot show a screen is told so`(_ name: String) throws {
    let (server, screen) = (try MailServer(), try Screenful(columns: 120))
    let program = try Tools.own("qmail-console")
    try screen.type(
      line: "clear; TERM=\(name) \(program) --root \(server.root) | cat; echo FIN''ISHED")
    let text = try screen.wait { $0.contains("FINISHED") }
    #expect(text.contains("● STALE"))
    try screen.type(
      line: "clear; TERM=\(name) \(program) --root \(server.root) >/dev/null; echo code $?")
    try screen.wait { $0.contains("code 1") }
  }
}
