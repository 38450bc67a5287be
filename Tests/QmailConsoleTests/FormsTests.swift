import FoundationEssentials
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The console without its screen: `--once` and `--json`.
@Suite(.scratch, .timeLimit(.minutes(2))) struct FormsTests {
  private struct Report: Decodable {
    struct Named: Decodable {
      let name: String
      let state: String
    }
    let version: Int
    let rules: [Named]
    let services: [Named]
  }

  private func run(_ server: MailServer, _ options: String...) throws -> Tools.Result {
    try Tools.run(
      [try Tools.own("qmail-console"), "--root", server.root.string] + options,
      environment: ["LANG": "C.UTF-8", "COLUMNS": "80", "LINES": "24"])
  }

  @Test func `the JSON holds the rules as update-qmail tells them, and the services`() throws {
    let server = try MailServer()
    let send = try server.addTalker("qmail-send")
    try server.start(waitingFor: send)
    let result = try run(server, "--json")
    let report = try JSONDecoder().decode(Report.self, from: Data(result.bytes))
    #expect(report.services.map(\.name) == ["qmail-send"])
    #expect(report.services.map(\.state) == ["up"])
    let other = try server.update("--json")
    let rules = try JSONDecoder().decode(RulesOnly.self, from: Data(other.bytes)).rules
    #expect(report.rules.map(\.name) == rules.map(\.name))
    #expect(report.rules.map(\.state) == rules.map(\.state))
  }

  private struct RulesOnly: Decodable { let rules: [Report.Named] }

  @Test func `once prints the whole screen, with the end of the log`() throws {
    let server = try MailServer()
    let send = try server.addTalker("qmail-send")
    try server.start(waitingFor: send)
    _ = try server.script("wait status: started", "dump -")
    let result = try run(server, "--once")
    #expect(result.code == 0)
    #expect(result.text.contains("● STALE"))
    #expect(result.text.contains("status: started"))
  }

  @Test func `all forms tell the same states`() throws {
    let server = try MailServer()
    try server.configuration.write("[rules.\"tcp.smtp.cdb\"]\nenabled = false\n")
    try server.update()
    try server.control("morercpthosts").write("other.example\n")
    try server.root.appending("var/qmail/users/assign").write("no such line\n")
    _ = try server.update()
    try server.control("morercpthosts").write("another.example\n")
    let report = try JSONDecoder().decode(
      Report.self, from: Data(try run(server, "--json").bytes))
    let states = Set(report.rules.map(\.state))
    #expect(states.isSuperset(of: ["failed", "stale", "off"]), "\(states)")
    let once = try run(server, "--once").lines
    let screen = try server.script("wait STALE", "dump -").lines
    let lines = try Tools.run([
      "sh", "-c", "\"$0\" --root \"$1\" --lines >\"$2\" & sleep 3; kill $!; cat \"$2\"",
      try Tools.own("qmail-console"), server.root.string,
      Scratch.directory.appending("lines").string,
    ]).lines
    for rule in report.rules {
      #expect(
        once.contains {
          $0.contains("\(rule.name) ") && $0.lowercased().contains(" \(rule.state) ")
        })
      #expect(
        screen.contains {
          $0.contains("\(rule.name) ") && $0.lowercased().contains(" \(rule.state) ")
        }
      )
      #expect(lines.contains { $0.contains(" \(rule.name): \(rule.state)") })
    }
  }

  @Test func `ASCII is all that --ascii prints`() throws {
    let server = try MailServer()
    let result = try run(server, "--once", "--ascii")
    #expect(result.bytes.allSatisfy { $0 < 0x80 })
    #expect(result.text.contains("* STALE"))
  }

  @Test func `a line is printed for each thing that changes`() throws {
    let server = try MailServer()
    try server.update()
    let program = try Tools.own("qmail-console")
    // The console is ended by the shell once it has told of the change.
    let script = """
      "$0" --root "$1" --lines >"$2" & sleep 3; echo new.example >>"$3"; sleep 3; kill $!; cat "$2"
      """
    let result = try Tools.run([
      "sh", "-c", script, program, server.root.string,
      Scratch.directory.appending("lines").string, server.control("morercpthosts").string,
    ])
    #expect(result.text.contains("users/cdb: fresh"))
    #expect(result.text.contains("morercpthosts.cdb: stale: morercpthosts changed"))
    #expect(result.lines.count { $0.contains("users/cdb") } == 1)
  }
}
