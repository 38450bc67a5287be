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
    PageScene(name: "long-lines", keys: ["Tab", "Tab", "z"], finish: readLongLines),
    PageScene(name: "long-lines-cut", keys: ["Tab", "Tab", "z", "W"], finish: readLongLines),
    PageScene(
      name: "long-lines-shifted", keys: ["Tab", "Tab", "z", "Right"], finish: readLongLines),
    PageScene(name: "zoomed-log", keys: ["Tab", "Tab", "z"]),
  ]

  private static let longLines = [
    "status: local 0/10 remote 3/20",
    "validrcptto.cdb: | mkvalidrcptto: fatal: unable to read /home/vpopmail/domains/a-customer-with-a-long-name.example/.qmail-newsletter-subscribers: Permission denied",
    "delivery 1042: deferral: Connected_to_192.0.2.25_but_sender_was_rejected./Remote_host_said:_451_4.7.1_Greylisting_in_action,_please_come_back_later_(see_https://postmaster.example.org/greylisting.html)/",
    "tcpserver: ok 20411 mx1.example.net:192.0.2.1:25 :198.51.100.7::51234",
    "日本語のとても長い行がここにあり、端末の幅をはるかに超えて続いていくので折り返さなければならない。これはその続きである。",
    "5a9c1f0e7b3d2846a9c1f0e7b3d28465a9c1f0e7b3d28465a9c1f0e7b3d28465a9c1f0e7b3d28465a9c1f0e7b3d2846",
  ]

  /// A log of lines that are longer than most screens are wide.
  private static func readLongLines(_ state: inout ConsoleState) {
    let old = state.log
    guard let service = old.service else { return }
    state.log.open(nil)
    state.log.open(service)
    state.log.shift = old.shift
    _ = state.update(.log(service, Samples.entries(longLines)))
  }

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
  @Test(arguments: PageScene.all, [(60, 16), (80, 24), (120, 36), (200, 50)])
  func `a page looks as approved`(_ scene: PageScene, _ size: (Int, Int)) throws {
    let screen = ConsoleView(scene.state(size.0, size.1)).screen()
    for row in 0..<size.1 {
      #expect(TextWidth.of(screen.row(row).map(\.text).joined()) == size.0)
    }
    try Snapshot.expect(screen.text, as: "\(scene.name)-\(size.0)x\(size.1)")
  }

  @Test(arguments: [true, false])
  func `a builder's long line is shown whole once, and its start elsewhere`(isQuoted: Bool) {
    let long = (1...1800).map { "w\($0)" }.joined(separator: " ") + " end."
    var products = Samples.products()
    var state = products[3].state
    let run = RunReport(
      result: .failed, by: "pipe-watcher (pid 1)", why: ["poke: pipe"], began: Samples.ago(40),
      duration: 1000, ending: "exit 1", output: isQuoted ? ["first", long] : ["first"],
      summary: "made: exit 1: \(long)")
    state.runs = [run, run, run]
    let failure = RuleState.Failure(
      message: run.summary, count: 3, since: Samples.ago(40), nextTry: Samples.ago(-25),
      inputs: [:])
    products[3] = Product(
      rule: products[3].rule, verdict: .failed(failure), state: state,
      observation: products[3].observation, isBuilding: false)
    var console = Samples.state(80, 400, products)
    console.page = .details(products[3].name)
    let screen = ConsoleView(console).screen()
    let lines = (0..<400).map { screen.row($0).map(\.text).joined() + " " }
    #expect(lines.count { $0.contains("end.") } == 1)
    #expect(lines.count { $0.contains(" w9 ") } == (isQuoted ? 7 : 4))
    #expect(lines.count { $0.contains("… and 9,") && $0.contains(" characters more ") } >= 3)
  }

  @Test(arguments: [60, 80, 120])
  func `a long title gives way in its middle, and to what is beside it`(_ columns: Int) {
    var state = Samples.state(columns, 24, Samples.products())
    for key in ["e"] + Array(repeating: "a", count: 200) + ["@", "b"] + ["Enter"] {
      _ = Key(name: key).map { state.update(.key($0)) }
    }
    state.document.find = "seven"
    let title = ConsoleView(state).screen().text.split(separator: "\n")[1]
    #expect(title.hasPrefix("── explain aaaa"))
    #expect(title.contains("…a"))
    #expect(title.contains("aa@b ─"))
    #expect(title.contains("─ “seven” "))
  }

  @Test func `an input that a rule names for two reasons is shown once`() {
    var products = Samples.products()
    let twice = Samples.product(
      "twice", [Samples.control("me"), Samples.control("me")], makes: Samples.control("twice.cdb"))
    products.append(twice)
    let text = ConsoleView(Samples.state(120, 36, products)).screen().text
    let row = text.split(separator: "\n").first { $0.contains(" twice ") } ?? ""
    #expect(row.contains("fresh    me   "))
  }
}
