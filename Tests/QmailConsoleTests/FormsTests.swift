import FoundationEssentials
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The console without its screen: `--once` and `--json`.
@Suite(.scratch, .timeLimit(.minutes(1))) struct FormsTests {
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
    try server.services.start()
    try server.services.waitUntilUp(send)
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
    try server.services.start()
    try server.services.waitUntilUp(send)
    _ = try server.script("wait status: started", "dump -")
    let result = try run(server, "--once")
    #expect(result.code == 0)
    #expect(result.text.contains("● STALE"))
    #expect(result.text.contains("status: started"))
  }

  @Test func `ASCII is all that --ascii prints`() throws {
    let server = try MailServer()
    let result = try run(server, "--once", "--ascii")
    #expect(result.bytes.allSatisfy { $0 < 0x80 })
    #expect(result.text.contains("* STALE"))
  }
}
