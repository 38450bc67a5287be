import Glibc
import QmailFiles
import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Reloads and restarts of a stand-in for qmail-send: a script under the real supervise, svc and
/// multilog (WATCH 15 and 16).
@Suite(.scratch, .timeLimit(.minutes(5))) struct ServiceRunTests {
  /// qmail-send's manners: HUP reads again, silently, or complains and keeps the old values.
  static let standIn = """
    exec 2>&1
    cd "$(dirname "$0")"
    read_again() { echo HUP >>hups; if [ -e bad ]; then echo 'alert: unable to reread control/locals'; fi; }
    trap read_again HUP
    trap 'exit 0' TERM
    [ ! -e crash ] || exit 1
    echo start >>starts
    echo 'status: local 0/10 remote 0/20'
    while :; do sleep 0.02; done
    """

  /// A server whose services are really supervised.
  func server(run: String? = standIn, isUp: Bool = true) throws -> (
    TestServer, ServiceSandbox, FilePath
  ) {
    let server = try TestServer()
    try server.control("locals").write("a.example\n")
    let sandbox = try ServiceSandbox(in: server.root)
    let send = try sandbox.add(
      "qmail-send", run: run.map { "cd '\(sandbox.directory)/qmail-send'\n\($0)" },
      log: ["t", "./main"], isNormallyUp: isUp)
    // What is written within a tick of the start counts as written after it.
    usleep(50_000)
    try sandbox.start()
    server.sandbox = sandbox
    if isUp {
      try sandbox.waitUntilUp(send)
      try sandbox.waitUntilUp(send.appending("log"))
      if run != nil { try waitUntil { try send.appending("starts").text == "start\n" } }
    } else {
      try sandbox.wait(send) { $0.hasPrefix("down") }
    }
    return (server, sandbox, send)
  }

  func waitUntil(_ isDone: () throws -> Bool) throws {
    let deadline = Instant.now + .seconds(20)
    while (try? isDone()) != true {
      guard Instant.now < deadline else { throw SystemError("wait", "", .timedOut) }
      usleep(5000)
    }
  }

  func hups(_ send: FilePath) -> Int {
    ((try? send.appending("hups").text) ?? "").split(separator: "\n").count
  }

  /// As while somebody puts another control directory in the place of this one.
  @Test func `a qmail-send that could not start again is not restarted`() throws {
    let (server, sandbox, send) = try server()
    try server.control("me").write("a.example\n")
    try server.control("queuelifetime").write("1000\n")
    #expect(try server.run("qmail-send restart") == .restarted)
    let pid = try sandbox.waitUntilUp(send)
    let away = server.path("var/qmail/control.away")
    try FileOperations.rename(server.settings.layout.control, to: away)
    let result = try server.pass()
    for rule in ["qmail-send restart", "qmail-send"] {
      let entry = try server.entry(rule, in: result)
      #expect(entry.run == nil)
      #expect(entry.verdict == .missingInput(server.control("me")))
    }
    #expect(try sandbox.waitUntilUp(send) == pid)
    try FileOperations.rename(away, to: server.settings.layout.control)
    #expect(try server.run("qmail-send restart") == nil)
  }

  @Test func `an edit of locals is one HUP, verified against the log, and no restart`() throws {
    let (server, sandbox, send) = try server()
    #expect(try server.status(of: "qmail-send").verdict == .fresh(.start))
    #expect(try server.run("qmail-send") == nil)
    let pid = try sandbox.waitUntilUp(send)
    try server.control("locals").write("a.example\nb.example\n")
    let result = try server.pass()
    #expect(try server.entry("qmail-send", in: result).run?.result == .reloaded)
    #expect(try server.entry("qmail-send restart", in: result).run == nil)
    #expect(hups(send) == 1)
    #expect(try sandbox.waitUntilUp(send) == pid)
    #expect(server.log.contains { $0.hasPrefix("qmail-send: reloaded, in") }, "\(server.log)")

    // Nothing more: the same bytes, a chmod.
    try server.control("locals").write("a.example\nb.example\n")
    try shell("chmod 600 $1; chmod 644 $1", server.control("locals"))
    #expect(try server.run("qmail-send") == nil)
    #expect(try server.status(of: "qmail-send").verdict == .fresh(.record))
    #expect(hups(send) == 1)

    // Restarted by hand, it has read everything.
    try server.control("virtualdomains").write("v.example:v\n")
    usleep(50_000)
    try sandbox.control("t", send)
    try sandbox.wait(send) { $0.hasPrefix("up") && !$0.contains("pid \(pid))") }
    #expect(try server.run("qmail-send") == nil)
    #expect(hups(send) == 1)
  }

  @Test func `a reload that the service complains of has failed, and is owed`() throws {
    let (server, _, send) = try server()
    try send.appending("bad").write("")
    try server.control("locals").write("b.example\n")
    let entry = try server.entry("qmail-send")
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary == "its log says: alert: unable to reread control/locals")
    #expect(try server.run("qmail-send") == nil)
    try FileOperations.remove(send.appending("bad"))
    try server.letRetryCome("qmail-send")
    #expect(try server.run("qmail-send") == .reloaded)
    #expect(hups(send) == 2)
  }

  @Test func `a paused service has read nothing`() throws {
    let (server, sandbox, send) = try server()
    try sandbox.control("p", send)
    try sandbox.wait(send) { $0.hasSuffix(", paused") }
    try server.control("locals").write("b.example\n")
    let entry = try server.entry("qmail-send")
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary.hasPrefix("the service is paused: up (pid ") == true)
    try sandbox.control("c", send)
    try sandbox.wait(send) { !$0.hasSuffix(", paused") }
    try server.letRetryCome("qmail-send")
    #expect(try server.run("qmail-send") == .reloaded)
    #expect(hups(send) == 1)
  }

  @Test func `me counts for the reload only while locals is absent`() throws {
    let (server, _, send) = try server()
    try server.control("me").write("m.example\n")
    // The restart rule has me among the files that are read at the start.
    let result = try server.pass()
    #expect(try server.entry("qmail-send restart", in: result).run?.result == .restarted)
    #expect(try server.entry("qmail-send", in: result).run == nil)
    try FileOperations.remove(server.control("locals"))
    #expect(try server.run("qmail-send") == .reloaded)
    #expect(hups(send) == 1)
  }

  @Test func `a file that is read at the start is a restart, verified by a new pid`() throws {
    let (server, sandbox, send) = try server()
    let old = try sandbox.waitUntilUp(send)
    try server.control("concurrencyremote").write("40\n")
    let entry = try server.entry("qmail-send restart")
    #expect(entry.run?.result == .restarted)
    let new = try sandbox.waitUntilUp(send)
    #expect(new != old)
    #expect(entry.run?.summary.hasPrefix("restarted: pid \(new)") == true)
    #expect(hups(send) == 0)
    #expect(try server.run("qmail-send restart") == nil)
  }

  @Test func `a service that crashes when it is restarted is reported`() throws {
    let (server, _, send) = try server()
    try send.appending("crash").write("")
    try server.control("concurrencyremote").write("40\n")
    let result = try server.pass()
    let entry = try server.entry("qmail-send restart", in: result)
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary.contains("does not stay up") == true, "\(server.log)")
  }

  @Test func `a service that does not obey is reported when its time is up`() throws {
    let (server, _, send) = try server(
      run: "trap : TERM\necho start >>starts\nwhile :; do sleep 0.02; done")
    server.rule("qmail-send restart") { $0.timeout = .seconds(1) }
    try server.control("concurrencyremote").write("40\n")
    let entry = try server.entry("qmail-send restart")
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary.hasPrefix("no new process after 1 s: up") == true, "\(server.log)")
    _ = send
  }

  @Test func `a service that dies of the reload has not reloaded`() throws {
    let (server, _, _) = try server(
      run: "echo start >>starts\nwhile :; do sleep 0.02; done")
    try server.control("locals").write("b.example\n")
    let entry = try server.entry("qmail-send")
    // Its next process has read the files: what matters is in force.
    #expect(entry.run?.result == .failed)
    #expect(entry.run?.summary.contains("did not survive") == true, "\(server.log)")
  }

  @Test func `a service that is down is off: it reads when it starts`() throws {
    let (server, _, _) = try server(isUp: false)
    try server.control("locals").write("b.example\n")
    let result = try server.pass(forcing: "qmail-send")
    let entry = try server.entry("qmail-send", in: result)
    #expect(entry.run == nil)
    #expect(entry.verdict == .off("the service is down: it reads its files when it starts"))
    #expect(!result.isTrouble)
  }

  @Test func `a service without supervise is told, and spoils nothing`() throws {
    let server = try TestServer()
    try FileOperations.makeDirectory(server.path("service/qmail-send"))
    try server.control("locals").write("b.example\n")
    try server.control("morercpthosts").write("a.example\n")
    let result = try server.pass()
    guard case .off(let reason) = try server.entry("qmail-send", in: result).verdict else {
      Issue.record("\(result.entries)")
      return
    }
    #expect(reason.contains("supervise"))
    #expect(try server.entry("morercpthosts.cdb", in: result).run?.result == .built)
    #expect(!result.isTrouble)
    #expect(server.log.contains { $0.hasPrefix("qmail-send: off: ") })
  }

  @Test func `vpopmail's rename and later chmod are one reload of a readable file`() throws {
    let (server, _, send) = try server()
    let locals = server.control("locals")
    try shell("echo v.example >$1.77; chmod 600 $1.77; mv $1.77 $1", locals)
    let result = try server.pass { loop, _ in
      loop.schedule(after: .milliseconds(150)) {
        #expect(hups(send) == 0)
        #expect(throws: Never.self) { try shell("chmod 644 $1", locals) }
      }
    }
    #expect(try server.entry("qmail-send", in: result).run?.result == .reloaded)
    #expect(hups(send) == 1)
    #expect(!server.log.contains { $0.contains("stale again") }, "\(server.log)")
    #expect(try server.run("qmail-send") == nil)
  }
}
