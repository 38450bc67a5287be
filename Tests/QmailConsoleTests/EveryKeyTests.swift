import Console
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Every key of the console, pressed on a real terminal over the real service.
@Suite(.scratch, .timeLimit(.minutes(3))) struct EveryKeyTests {
  /// Expects that every key of some commands was pressed.
  private func expectAllPressed(_ groups: ConsoleCommand.Group..., on screen: Screenful) {
    let keys = ConsoleCommand.table.filter { groups.contains($0.group) }.flatMap(\.keys)
    #expect(Set(keys.map(\.name)).subtracting(screen.pressed).isEmpty)
  }

  /// A server whose service acts on pokes alone, so that what is stale stays so until a key.
  private func startServer() throws -> (MailServer, send: FilePath) {
    let server = try MailServer()
    try server.configuration.write(
      "watch = false\n[rules.\"morercpthosts.cdb\"]\nguarded = true\n")
    let send = try server.addTalker("qmail-send")
    let updater = try server.addUpdater()
    try server.start(waitingFor: send)
    try server.services.waitUntilUp(updater)
    return (server, send)
  }

  /// Answers the question that is open.
  private func confirm(_ screen: Screenful, _ word: String) throws {
    try screen.wait { $0.contains("[ Cancel ]") && $0.contains(word) }
    try screen.key("Right")
    try screen.wait { $0.contains("[ \(word) ]") }
    try screen.key("Enter")
  }

  @Test func `the keys of the products`() throws {
    let (server, _) = try startServer()
    let screen = try Screenful(columns: 130, rows: 40)
    try screen.start(server)
    try screen.wait { $0.contains("all fresh") }
    let names = (1...40).map { "customer\($0).example\n" }.joined()
    try server.control("morercpthosts").write(names + "one.example\n")
    try screen.wait { $0.contains("1 stale") }
    try screen.key("u")
    try screen.wait { $0.contains("verified") && $0.contains("all fresh") }
    // The pipe: the service itself does it.
    try server.control("morercpthosts").write(names + "one.example\ntwo.example\n")
    try screen.wait { $0.contains("1 stale") }
    try screen.key("t")
    try screen.wait { $0.contains("the pipe was poked") && $0.contains("all fresh") }
    try screen.key("Esc", "Down", "Down", "Down")
    try screen.wait { $0.contains("▸ morercpthosts.cdb") }
    try screen.key("f")
    try screen.wait { $0.contains("morercpthosts.cdb: unchanged") }
    // A loss is held, released, and brought back.
    try server.control("morercpthosts").write("one.example\n")
    try screen.wait { $0.contains("1 stale") }
    try screen.key("u")
    try screen.wait { $0.contains("g releases it") && $0.contains("1 held") }
    try screen.key("g")
    try confirm(screen, "Replace")
    try screen.wait { $0.contains("verified") && $0.contains("all fresh") }
    try screen.key("b")
    try confirm(screen, "Roll back")
    try screen.wait { $0.contains("1 held") }
    try screen.key("v")
    try screen.wait { $0.contains("differs from what its inputs make now: 42 -> 1") }
    try screen.key("Enter")
    try screen.wait { $0.contains("A rebuild now") && $0.contains("- customer1.example") }
    // Every message first, then the page.
    for _ in 0..<8 where try !screen.text().contains("PRODUCT") { try screen.key("Esc") }
    try screen.wait { $0.contains("PRODUCT") }
    try screen.key("e")
    try screen.wait { $0.contains("explain address:") }
    try screen.type("ann@example.net")
    try screen.key("Enter")
    try screen.wait { $0.contains("explain ann@example.net") && !$0.contains("being looked up") }
    expectAllPressed(.products, on: screen)
  }

  @Test func `the keys of the services`() throws {
    let (server, send) = try startServer()
    let screen = try Screenful(columns: 130, rows: 40)
    try screen.start(server)
    try screen.wait { $0.contains("all fresh") && $0.contains("qmail-updater log") }
    // Of the selected rule first, then of the selected service.
    try screen.key("Down", "Down", "h")
    try screen.wait { $0.contains("HUP was sent to pid") }
    let old = try server.services.waitUntilUp(send)
    try screen.key("r")
    try confirm(screen, "Restart")
    try screen.wait { $0.contains("verified: ") && $0.contains("pid \(old) → pid") }
    try screen.key("Tab", "s")
    try confirm(screen, "Stop")
    try screen.wait { $0.contains("✗ DOWN") && $0.contains("verified: ") }
    try screen.key("Esc", "s")
    try screen.wait { $0.contains("✓ up") && !$0.contains("DOWN") && $0.contains("verified: ") }
    try screen.key("Esc", "p")
    try confirm(screen, "Pause")
    try screen.wait { $0.contains("! PAUSED") && $0.contains("verified: ") }
    try screen.key("Esc", "p")
    try screen.wait { !$0.contains("PAUSED") && $0.contains("verified: ") }
    expectAllPressed(.services, on: screen)
  }

  @Test func `the keys of the log`() throws {
    let server = try MailServer()
    let send = try server.addWriter(
      of: 20_000, ("delivery", ": success"), log: ["s16384", "n200"])
    _ = try server.addTalker("qmail-smtpd")
    try server.start(waitingFor: send)
    let screen = try Screenful(columns: 100, rows: 30)
    try screen.start(server)
    try screen.wait { $0.contains("delivery 20000: success") }
    // Far back, in files that are finished.
    try screen.key("Tab", "Tab", "z", "/")
    try screen.type("delivery 42:")
    try screen.key("Enter")
    let found = try screen.wait { $0.contains("▸") && $0.contains("delivery 42: success") }
    #expect(found.contains("1 of 1 in ") && found.contains("newer lines wait"))
    try screen.key("/")
    try screen.type("99: ")
    try screen.key("Enter")
    // Above the place there is none: the place stays.
    try screen.wait { $0.contains("no older line holds “99: ”") && $0.contains("delivery 42: ") }
    try screen.key("Esc", "N")
    try screen.wait { $0.contains("delivery 99: success") }
    try screen.key("N")
    try screen.wait { $0.contains("delivery 199: success") }
    try screen.key("n")
    try screen.wait { $0.contains("1 of ") }
    try screen.key("Esc", "F4")
    try screen.type("5: ")
    try screen.key("Enter")
    try screen.wait { $0.contains("only “5: ”") && !$0.contains("delivery 99: ") }
    try screen.key("Esc", "\\")
    try screen.wait { $0.contains("only lines with:") }
    try screen.key("Esc", "F")
    try screen.wait { $0.contains("following") && $0.contains("delivery 20000: success") }
    for word in ["utc", "relative", "raw"] {
      try screen.key("T")
      try screen.wait { $0.contains(" · \(word)") }
    }
    // One row of each line and what lies to its right; then the lines whole again.
    try screen.key("T", "Right")
    try screen.wait { $0.contains("following") && !$0.contains("delivery 20000: success") }
    try screen.key("W")
    try screen.wait { $0.contains("delivery 20000: success") }
    try screen.key("Home")
    try screen.wait { $0.contains("paused") }
    try screen.key("End")
    try screen.wait { $0.contains("following") }
    try screen.key("l")
    try screen.wait { $0.contains("whose log") }
    try screen.key("Down", "Enter")
    try screen.wait { $0.contains("qmail-smtpd log") && $0.contains("status: started") }
    // The log at the moment of the selected line, which is near its beginning.
    try screen.key("z", "S-Tab", "w")
    try screen.wait {
      $0.contains("qmail-send log · paused") && $0.contains(": success") && !$0.contains(" 20000: ")
    }
    expectAllPressed(.log, on: screen)
  }

  @Test func `the keys of the screen`() throws {
    let (server, _) = try startServer()
    let screen = try Screenful(columns: 100, rows: 30)
    try screen.start(server)
    try screen.wait { $0.contains("all fresh") }
    try screen.key("o")
    try screen.wait { $0.contains("products in state, urgent first") }
    try screen.key("z")
    try screen.wait { !$0.contains("services ──") }
    try screen.key("z")
    let before = try screen.wait { $0.contains("services ──") }
    func row(_ text: String) -> Int? {
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .firstIndex { $0.contains("services ──") }
    }
    try screen.key("+", "+")
    try screen.wait { row($0) == row(before).map { $0 + 2 } }
    try screen.key("-", "-")
    try screen.wait { row($0) == row(before) }
    try screen.key("y")
    try screen.wait { $0.contains("save the screen as: ") }
    let path = Scratch.directory.appending("saved.txt")
    try screen.key("^U")
    try screen.type(path.string)
    try screen.key("Enter")
    try screen.wait { $0.contains("the screen is in") }
    #expect(try path.text.contains("PRODUCT"))
    try screen.key("L")
    try screen.wait { $0.contains("· locked") }
    try screen.key("u")
    try screen.wait { $0.contains("L unlocks it") && $0.contains("(update)") }
    try screen.key("L", "^L")
    try screen.wait { !$0.contains("· locked") }
    for key in ["?", "F1"] {
      try screen.key(key)
      try screen.wait { $0.contains("qmail-console: help") }
      try screen.key("q")
      try screen.wait { $0.contains("PRODUCT") }
    }
    try screen.key(":")
    try screen.type("det")
    try screen.key("Tab", "Enter")
    try screen.wait { $0.contains("made by") }
    try screen.key("q", "q")
    try screen.wait { $0.contains("code 0") }
    expectAllPressed(.screen, on: screen)
  }
}
