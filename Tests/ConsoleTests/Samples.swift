import Console
import QmailFiles
import Supervision
import SystemPackage
import SystemSupport
import Updating

/// Made-up worlds for tests of what is shown; all at one fixed moment.
enum Samples {
  /// 2026-11-24 12:03:46 UTC, a Tuesday.
  static let now = Timestamp(seconds: 1_795_521_826, nanoseconds: 0)

  static func ago(_ seconds: Int64) -> Timestamp {
    Timestamp(seconds: now.seconds - seconds, nanoseconds: 120_000_000)
  }

  static func state(
    _ columns: Int = 80, _ rows: Int = 24, _ products: [Product] = fresh,
    services: [Service] = services, log: [String] = log
  ) -> ConsoleState {
    var settings = Settings()
    // Where the services are must not depend on the machine of the tests.
    settings.services = "/service"
    var facts = Facts(host: "mx1.example.net", settings: settings)
    facts.products = products
    facts.services = services
    facts.updater = ServiceName("/service/qmail-updater")
    facts.watchedPaths = 1204
    facts.looked = ago(3)
    var state = ConsoleState(
      facts: Facts(host: facts.host, settings: settings),
      size: ScreenSize(columns: columns, rows: rows), now: now)
    state.zone = .utc
    _ = state.update(.facts(facts))
    if let service = state.log.service { _ = state.update(.log(service, entries(log))) }
    return state
  }

  static func entries(_ lines: [String]) -> [LogEntry] {
    lines.enumerated().map { index, line in
      LogEntry(
        stamp: TAI64N(ago(Int64(lines.count - index))), text: Array(line.utf8),
        position: LogPosition(in: FileIdentity(device: 1, inode: 2), offset: Int64(index * 100)))
    }
  }
}

// MARK: - Products

extension Samples {
  static func stamp(_ time: Timestamp, size: Int64 = 1000, inode: UInt64 = 7) -> Stamp {
    Stamp(device: 1, inode: inode, size: size, modified: time, changed: time)
  }

  static func input(_ time: Timestamp, size: Int64 = 1000) -> InputEvidence {
    .file(FileEvidence(stamp: stamp(time, size: size)))
  }

  static func control(_ name: String) -> FilePath { FilePath("/var/qmail/control/\(name)") }

  static func product(
    _ name: String, _ inputs: [FilePath], makes: FilePath, _ verdict: Verdict = .fresh(.record),
    built: Timestamp = ago(20_000), took: Int64 = 2_000_000, records: Int? = nil,
    isBuilding: Bool = false
  ) -> Product {
    let rule = Rule(
      name, inputs: inputs.map { Input($0) }, product: .file(makes, isDatabase: true),
      action: .build(.keyList))
    var state = RuleState(rule: name, key: .init(first: 1, second: 2))
    let counts = records.map {
      RecordCounts(before: $0, after: $0, added: 2, removed: 0, changed: 1)
    }
    state.add(
      RunReport(
        result: .built, by: "pipe-watcher (pid 5087)", why: ["control/\(name) changed 12:00:01"],
        began: built, duration: took, records: counts,
        summary: "built" + (counts.map { ": \($0)" } ?? "")))
    var evidence: [String: InputEvidence] = [:]
    for path in inputs { evidence[path.string] = input(ago(30_000)) }
    return Product(
      rule: rule, verdict: verdict, state: state,
      observation: RuleObservation(
        rule: rule, ruleDigest: rule.digest(key: state.key), inputs: evidence,
        product: .file(stamp(built, inode: 9), digest: nil, damage: nil), time: now),
      isBuilding: isBuilding)
  }

  static func sendProduct(_ verdict: Verdict = .fresh(.record)) -> Product {
    let service = FilePath("/service/qmail-send")
    let inputs = [control("locals"), control("virtualdomains")]
    let rule = Rule(
      "qmail-send", inputs: inputs.map { Input($0) }, product: .service(service), action: .reload)
    var state = RuleState(rule: "qmail-send", key: .init(first: 1, second: 2))
    state.add(
      RunReport(
        result: .reloaded, by: "pipe-watcher (pid 5087)", why: ["control/locals changed"],
        began: ago(165), duration: 31_000_000, summary: "reloaded"))
    return Product(
      rule: rule, verdict: verdict, state: state,
      observation: RuleObservation(
        rule: rule, ruleDigest: rule.digest(key: state.key),
        inputs: [
          inputs[0].string: input(ago(170), size: 24), inputs[1].string: input(ago(90_000)),
        ],
        product: .service(.up(pid: 1234, since: ago(273_600))), time: now))
  }

  static let assign = FilePath("/var/qmail/users/assign")

  static var fresh: [Product] { products() }

  static func products(
    morercpthosts: Verdict = .fresh(.record), validrcptto: Verdict = .fresh(.record),
    auth: Verdict = .fresh(.record), isBuilding: Bool = false
  ) -> [Product] {
    [
      product(
        "users/cdb", [assign], makes: "/var/qmail/users/cdb", built: ago(270_000), records: 412),
      sendProduct(),
      product(
        "morercpthosts.cdb", [control("morercpthosts")], makes: control("morercpthosts.cdb"),
        morercpthosts, took: 1_100_000, records: 310),
      product(
        "validrcptto.cdb",
        [control("rcpthosts"), control("morercpthosts.cdb"), control("virtualdomains"), assign],
        makes: control("validrcptto.cdb"), validrcptto, took: 31_000_000, records: 9800,
        isBuilding: isBuilding),
      product(
        "auth.cdb", [control("auth.vars"), "/etc/shadow"], makes: control("auth.cdb"), auth,
        built: ago(240_000), took: 12_000_000, records: 9120),
      product(
        "tcp.smtp.cdb", ["/etc/tcp.smtp"], makes: "/etc/tcp.smtp.cdb", built: ago(1_100_000),
        took: 3_000_000, records: 24),
    ]
  }

  static var stale: Verdict {
    .stale([
      .changed(
        key: control("morercpthosts").string, at: ago(6),
        LineChange(added: ["example.org", "mail.example.org"], removed: []))
    ])
  }

  static var held: Verdict {
    .held(
      RuleState.Hold(
        cause: .loss,
        records: RecordCounts(before: 9800, after: 5590, added: 0, removed: 4210, changed: 0),
        losing: ["-alice@example.net", "-bob@example.net", "-carol@example.net"],
        since: ago(3000), inputs: [:]))
  }

  static var failed: Verdict {
    .failed(
      RuleState.Failure(
        message: "mkauth: exit 111: mkauth: fatal: unable to read /etc/shadow: Permission denied",
        count: 2, since: ago(40), nextTry: ago(-25), inputs: [:]))
  }
}

// MARK: - Services and logs

extension Samples {
  static func service(
    _ name: String, _ state: ServiceStatus.State = .up(pid: 1234), since seconds: Int64 = 273_600,
    isNormallyUp: Bool = true, isPaused: Bool = false, log: Service.Log = .up,
    logged: Int64 = 3, rate: Int? = nil, deaths: Int = 0
  ) -> Service {
    Service(
      ServiceName(FilePath("/service/\(name)")),
      status: ServiceStatus(
        state, since: ago(seconds), seconds: seconds, isNormallyUp: isNormallyUp,
        isPaused: isPaused, want: nil),
      log: log, logDirectory: log == .none ? nil : FilePath("/service/\(name)/log/main"),
      lastLogged: ago(logged), logRate: rate.map { LogRate(perMinute: $0) }, quickDeaths: deaths)
  }

  static var services: [Service] {
    [
      service("qmail-send", rate: 240), service("qmail-smtpd", .up(pid: 1240), rate: 1860),
      service("qmail-updater", .up(pid: 5087), logged: 7200),
    ]
  }

  static let log = [
    "pipe-watcher: watching 1204 paths",
    "users/cdb: fresh",
    "poke: pipe",
    "morercpthosts.cdb: stale: control/morercpthosts changed 12:03:40: +example.org",
    "morercpthosts.cdb: built: 310 -> 312 records (+2 -0 ~0), in 1 ms",
    "validrcptto.cdb: held: would lose 4210 of 9800 records; force it with: update-qmail --force validrcptto.cdb",
    "auth.cdb: failed: mkauth: exit 111, after 12 ms",
    "auth.cdb: | mkauth: fatal: unable to read /etc/shadow: Permission denied",
  ]
}
