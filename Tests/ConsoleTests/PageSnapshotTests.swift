import Console
import Supervision
import SystemPackage
import SystemSupport
import Testing
import Updating

/// A picture of a page, a dialog or a prompt over the overview.
struct PageScene: Sendable, CustomTestStringConvertible {
  let name: String
  let keys: [String]
  var finish: @Sendable (inout ConsoleState) -> Void = { _ in }

  var testDescription: String { name }

  static let all: [PageScene] = [
    PageScene(name: "details", keys: ["Down", "Down", "Down", "Enter"]) { state in
      let samples = (1...9).map { "- user\($0)@example.net" } + ["+ new@example.net"]
      _ = state.update(
        .previewed(
          Preview(
            rule: "validrcptto.cdb",
            result: .changes(
              summary: "9800 -> 5590 records (+1 -4211 ~0)", samples: samples, isUnchanged: false)))
      )
      _ = state.update(
        .records(
          RecordPage(
            rule: "validrcptto.cdb", matching: "",
            lines: (1...4).map { "user\($0)@example.net" }, count: 9800, total: 9800)))
    },
    PageScene(name: "help", keys: ["?"]),
    PageScene(name: "explain", keys: ["e"]) { state in
      for character in "ann@example.net" { _ = state.update(.key(.character(character))) }
      _ = state.update(.key(.enter))
      _ = state.update(
        .explained(
          Explanation(
            address: "ann@example.net",
            lines: [
              "ann@example.net: accepted", "in use: control/validrcptto.cdb", "  hit, accepted",
            ])))
    },
    PageScene(name: "dialog", keys: ["Tab", "r"]) { state in
      _ = state.update(
        .counted(
          ServiceName("/service/qmail-send"), pid: 1234, .deliveries(remote: 2, local: 1)))
    },
    PageScene(name: "menu", keys: ["l"]),
    PageScene(name: "command-line", keys: [":", "r", "e"]),
    PageScene(name: "message", keys: ["u"]),
    PageScene(name: "failure", keys: []) { state in
      _ = state.update(
        .message(
          Message(
            .failed,
            "auth.cdb: mkauth: exit 111: mkauth: fatal: unable to read /etc/shadow: Permission denied, in 12 ms; validrcptto.cdb waits for morercpthosts.cdb",
            at: Samples.ago(2))))
    },
    PageScene(name: "search", keys: ["Tab", "Tab", "/", "h", "e", "l", "d", "Enter"]),
    PageScene(name: "zoomed-log", keys: ["Tab", "Tab", "z"]),
  ]

  func state(_ columns: Int, _ rows: Int) -> ConsoleState {
    var state = Samples.state(
      columns, rows,
      Samples.products(
        morercpthosts: Samples.stale, validrcptto: Samples.held, auth: Samples.failed))
    for name in keys { _ = Key(name: name).map { state.update(.key($0)) } }
    finish(&state)
    return state
  }
}

@Suite struct PageSnapshotTests {
  @Test(arguments: PageScene.all, [(60, 16), (80, 24), (120, 36)])
  func `a page looks as approved`(_ scene: PageScene, _ size: (Int, Int)) throws {
    let screen = ConsoleView(scene.state(size.0, size.1)).screen()
    for row in 0..<size.1 {
      #expect(TextWidth.of(screen.row(row).map(\.text).joined()) == size.0)
    }
    try Snapshot.expect(screen.text, as: "\(scene.name)-\(size.0)x\(size.1)")
  }
}
