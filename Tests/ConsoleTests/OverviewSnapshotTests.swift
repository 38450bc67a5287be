import Console
import Supervision
import SystemPackage
import SystemSupport
import Testing
import Updating

/// One picture that is compared with its file.
struct Scene: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable (_ columns: Int, _ rows: Int) -> ConsoleState
  var isASCII = false

  var testDescription: String { name }

  static let all: [Scene] = [
    Scene(name: "fresh") { Samples.state($0, $1) },
    Scene(name: "stale") {
      Samples.state($0, $1, Samples.products(morercpthosts: Samples.stale))
    },
    Scene(name: "trouble") {
      Samples.state(
        $0, $1,
        Samples.products(
          morercpthosts: Samples.stale, validrcptto: Samples.held, auth: Samples.failed))
    },
    Scene(name: "building") { building($0, $1) },
    Scene(name: "building-reported") { building($0, $1, reporting: 3400, rate: 340) },
    Scene(name: "no-root") { noRoot($0, $1) },
    Scene(name: "not-alone") { notAlone($0, $1) },
    Scene(name: "no-services") { Samples.state($0, $1, services: [], log: []) },
    Scene(name: "no-log") { noLog($0, $1) },
    Scene(name: "services") { Samples.state($0, $1, services: troubledServices) },
    Scene(name: "long-names") { longNames($0, $1) },
    Scene(name: "wide-characters") { wide($0, $1) },
    Scene(
      name: "ascii",
      make: {
        Samples.state(
          $0, $1, Samples.products(morercpthosts: Samples.stale, auth: Samples.failed))
      }, isASCII: true),
  ]

  private static func building(
    _ columns: Int, _ rows: Int, reporting done: Int? = nil, rate: Double? = nil
  ) -> ConsoleState {
    var products = Samples.products()
    let old = products[3]
    var state = old.state
    state.running = RuleState.Running(
      by: "pipe-watcher (pid 5087)", pid: 5087, since: Samples.ago(12), why: ["poke: pipe"])
    state.runs[0].duration = 31_000_000_000
    state.running?.progress = done.map { done in
      PublishedProgress(
        rule: old.name, pid: 5087, progress: Progress(done: done, total: 10_000, unit: "domains"),
        time: Samples.now, rate: rate)
    }
    products[3] = Product(
      rule: old.rule, verdict: Samples.stale, state: state, observation: old.observation,
      isBuilding: true)
    return Samples.state(columns, rows, products)
  }

  private static func noRoot(_ columns: Int, _ rows: Int) -> ConsoleState {
    let unknown = Samples.services.map { service in
      var service = service
      service.status = ServiceStatus(
        .unavailable(reason: "unable to open supervise/ok: access denied"))
      service.log = .unknown("access denied")
      return service
    }
    var state = Samples.state(columns, rows, services: unknown)
    state.facts.access.isRoot = false
    return state
  }

  /// Another console is open, and somebody runs rules by hand; the log's writer is down.
  private static func notAlone(_ columns: Int, _ rows: Int) -> ConsoleState {
    var state = Samples.state(columns, rows)
    var facts = state.facts
    facts.others = [
      FileLock.Holder(pid: 711, program: "bob from 192.0.2.7", since: Samples.ago(60))
    ]
    facts.isListed = true
    facts.lockHolder = FileLock.Holder(
      pid: 4711, program: "update-qmail", since: Samples.ago(20))
    facts.services[2].log = .down
    _ = state.update(.facts(facts))
    // That somebody came was read.
    _ = state.update(.key(.escape))
    return state
  }

  private static func noLog(_ columns: Int, _ rows: Int) -> ConsoleState {
    var state = Samples.state(columns, rows, log: [])
    if let service = state.log.service {
      _ = state.update(
        .logUnavailable(service, "unable to open log/main/current: Permission denied"))
    }
    return state
  }

  static let troubledServices: [Service] = [
    Samples.service("qmail-send", .up(pid: 1234), isPaused: true),
    Samples.service("qmail-smtpd", .up(pid: 20_411), since: 1, deaths: 4),
    Samples.service("qmail-smtpsd", .down, since: 300, rate: 12),
    Samples.service("qmail-submission", .down, since: 90_000, isNormallyUp: false, log: .down),
    Samples.service("qmail-pop3d", .notSupervised(reason: "supervise not running"), log: .none),
    Samples.service("odd", .unrecognized(text: "up (pid 12) \u{1b}[2J weird")),
  ]

  private static func longNames(_ columns: Int, _ rows: Int) -> ConsoleState {
    var products = Samples.products()
    products[5] = Samples.product(
      "/home/vpopmail/etc/a-directory-with-a-long-name/tcp.submission.internal.cdb",
      ["/home/vpopmail/etc/a-directory-with-a-long-name/tcp.submission.internal"],
      makes: "/home/vpopmail/etc/a-directory-with-a-long-name/tcp.submission.internal.cdb",
      .unreadable(
        "/home/vpopmail/etc/a-directory-with-a-long-name/tcp.submission.internal",
        "it is writable by everybody"), records: 12_345_678)
    return Samples.state(columns, rows, products)
  }

  private static func wide(_ columns: Int, _ rows: Int) -> ConsoleState {
    var products = Samples.products()
    products[5] = Samples.product(
      "規則-αβγ-e\u{301}.cdb", ["/etc/規則"], makes: "/etc/規則.cdb", records: 3)
    return Samples.state(
      columns, rows, products,
      log: ["from 日本語テキスト e\u{301}é", "evil \u{1b}[2J\u{202e}gnp.exe\u{7} \u{9b}31m", "plain"])
  }
}

@Suite struct OverviewSnapshotTests {
  static let sizes = [(60, 16), (80, 24), (120, 36), (200, 50)]

  @Test(arguments: Scene.all, sizes)
  func `the overview looks as approved`(_ scene: Scene, _ size: (Int, Int)) throws {
    let screen = ConsoleView(scene.make(size.0, size.1), isASCII: scene.isASCII).screen()
    try Snapshot.expect(screen.text, as: "\(scene.name)-\(size.0)x\(size.1)")
  }

  @Test(arguments: Scene.all, sizes)
  func `every row is exactly as wide as the screen`(_ scene: Scene, _ size: (Int, Int)) {
    let screen = ConsoleView(scene.make(size.0, size.1), isASCII: scene.isASCII).screen()
    for row in 0..<size.1 {
      let text = screen.row(row).map(\.text).joined()
      #expect(TextWidth.of(text) == size.0, "row \(row): \(text)")
    }
  }

  @Test func `in ASCII no sign for a key is the letter of another`() {
    let text = ConsoleView(Samples.state(80, 24), isASCII: true).screen().text
    #expect(text.contains("  Enter details  "))
  }

  @Test func `a trouble that is mostly a path shows both its ends`() {
    var state = Samples.state(80, 24)
    state.facts.troubles = [
      "unable to open /srv/customers/mail-server-number-one.example.net/qmail-updater/rules: Permission denied"
    ]
    let text = ConsoleView(state).screen().text
    #expect(text.contains("! unable to open /srv/"))
    #expect(text.contains("…") && text.contains("/rules: Permission denied"))
  }

  @Test func `ASCII is ASCII to the last cell`() {
    for scene in Scene.all {
      let screen = ConsoleView(scene.make(80, 24), isASCII: true).screen()
      #expect(screen.text.utf8.allSatisfy { $0 < 0x7f })
    }
  }

  @Test(arguments: [(1, 1), (20, 5), (59, 16), (60, 15)])
  func `a small screen says what is needed`(_ size: (Int, Int)) {
    let screen = ConsoleView(Samples.state(size.0, size.1)).screen()
    #expect(screen.size == ScreenSize(columns: size.0, rows: size.1))
    if size.0 > 20 { #expect(screen.text.contains("qmail-console needs 60×16")) }
  }
}
