import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The log pane over a multilog that rotates quickly.
@Suite(.scratch, .timeLimit(.minutes(2))) struct LogPaneTests {
  /// The numbers of the lines that a screen shows.
  private func numbers(_ text: some Collection<String>) -> [Int] {
    text.compactMap { line in
      guard let word = line.split(separator: " ").last, line.contains(" line ") else { return nil }
      return Int(word)
    }
  }

  @Test func `no line is lost or doubled while the log rotates under load`() throws {
    let server = try MailServer()
    try server.start(
      waitingFor: try server.addWriter(of: 20_000, ("line", ""), log: ["s16384", "n100"]))
    // The console starts while the lines are written, and reads on to the end; then it goes back
    // page by page, through files that are finished.
    let pages = (0..<40).flatMap { _ in ["key PgUp", "wait idle", "dump -"] }
    let path = Scratch.directory.appending("keys")
    let steps = ["wait line 20000", "key Tab Tab z", "dump -"] + pages
    try path.write(steps.joined(separator: "\n") + "\n")
    let result = try Tools.run(
      [try Tools.own("qmail-console"), "--root", server.root.string, "--keys", path.string],
      environment: ["COLUMNS": "80", "LINES": "24", "LANG": "C.UTF-8"])
    #expect(result.code == 0)
    let screens = result.lines.split { $0.contains("mx1.example.net") }
    #expect(screens.count == 41)
    for screen in screens {
      let shown = numbers(screen)
      #expect(shown.count >= 19)
      #expect(zip(shown, shown.dropFirst()).allSatisfy { $1 == $0 + 1 }, "\(shown)")
    }
    #expect(numbers(screens.first ?? []).last == 20000)
    #expect(numbers(screens.last ?? []).first.map { $0 < 19_400 } == true)
  }

  @Test func `Home shows the oldest line of all files, and the way leads on from there`() throws {
    let server = try MailServer()
    try server.start(
      waitingFor: try server.addWriter(of: 20_000, ("line", ""), log: ["s16384", "n100"]))
    let pages = (0..<40).flatMap { _ in ["key PgDn", "wait idle", "dump -"] }
    let path = Scratch.directory.appending("keys")
    let steps =
      ["wait line 20000", "key Tab Tab z", "key Home", "wait idle", "dump -"] + pages
      + [
        "key End", "wait line 20000", "dump -", "key F4", "text line 77", "key Enter Home",
        "wait idle", "dump -",
      ]
    try path.write(steps.joined(separator: "\n") + "\n")
    let result = try Tools.run(
      [try Tools.own("qmail-console"), "--root", server.root.string, "--keys", path.string],
      environment: ["COLUMNS": "80", "LINES": "24", "LANG": "C.UTF-8"])
    #expect(result.code == 0, "\(result.text)")
    let screens = result.lines.split { $0.contains("mx1.example.net") }.map { numbers($0) }
    #expect(screens.count == 43)
    #expect(screens.first?.first == 1)
    for shown in screens.dropLast() {
      #expect(shown.count >= 19)
      #expect(zip(shown, shown.dropFirst()).allSatisfy { $1 == $0 + 1 }, "\(shown)")
    }
    #expect(screens[40].first.map { $0 > 600 } == true)
    #expect(screens[41].last == 20000)
    // With a filter, the oldest one that passes it.
    #expect(screens[42].prefix(3) == [77, 770, 771])
  }

  @Test func `a program that ends the terminal's life in its log cannot`() throws {
    let server = try MailServer()
    let send = try server.services.add(
      "qmail-smtpd",
      run: """
        exec 2>&1
        printf 'helo \\033[2J\\033]0;pwned\\007 \\302\\2331m\\n'
        exec sleep 1000
        """, log: ["t", "./main"])
    try server.start(waitingFor: send)
    let screen = try Screenful()
    try screen.start(server)
    let text = try screen.wait { $0.contains("helo") }
    #expect(text.contains("\\x1b[2J") && text.contains("PRODUCT"))
  }
}
