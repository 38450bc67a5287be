import Supervision
import SystemSupport
import Testing

@Suite struct SvstatLineTests {
  /// svstat's text, and what it means.
  struct Case: CustomTestStringConvertible {
    let text: String
    let status: ServiceStatus
    var testDescription: String { text }

    init(
      _ text: String, _ state: ServiceStatus.State, seconds: Int64, isNormallyUp: Bool = true,
      isPaused: Bool = false, want: ServiceStatus.Want? = nil, phase: ServiceStatus.Phase? = nil
    ) {
      self.text = text
      status = ServiceStatus(
        state, since: Timestamp(seconds: 1_000_000 - seconds, nanoseconds: 0), seconds: seconds,
        isNormallyUp: isNormallyUp, isPaused: isPaused, want: want, phase: phase)
    }
  }

  static let daemontools = [
    Case("up (pid 12959) 31 seconds", .up(pid: 12959), seconds: 31),
    Case("down 4 seconds", .down, seconds: 4, isNormallyUp: false),
    Case(
      "up (pid 13955) 1 seconds, normally down", .up(pid: 13955), seconds: 1, isNormallyUp: false),
    Case("down 1 seconds, normally up", .down, seconds: 1),
    Case("up (pid 12957) 34 seconds, paused", .up(pid: 12957), seconds: 34, isPaused: true),
    Case("up (pid 14154) 2 seconds, want down", .up(pid: 14154), seconds: 2, want: .down),
    Case(
      "up (pid 14154) 2 seconds, paused, want down", .up(pid: 14154), seconds: 2, isPaused: true,
      want: .down),
    Case("down 42 seconds, normally up, want up", .down, seconds: 42, want: .up),
    Case("down 42 seconds, want up", .down, seconds: 42, isNormallyUp: false, want: .up),
    Case(
      "up (pid 1) 0 seconds, normally down, paused, want down", .up(pid: 1), seconds: 0,
      isNormallyUp: false, isPaused: true, want: .down),
  ]

  static let encore = [
    Case("up (pid 24481) 2 seconds, running", .up(pid: 24481), seconds: 2, phase: .running),
    Case("down 2 seconds, stopped", .down, seconds: 2, isNormallyUp: false, phase: .stopped),
    Case("down 1 seconds, normally up, failed", .down, seconds: 1, phase: .failed),
    Case("up (pid 24495) 2 seconds, starting", .up(pid: 24495), seconds: 2, phase: .starting),
    Case("down 2 seconds, normally up, started", .down, seconds: 2, phase: .started),
    Case(
      "up (pid 24494) 28 seconds, want down, stopping", .up(pid: 24494), seconds: 28, want: .down,
      phase: .stopping),
    Case(
      "up (pid 26040) 0 seconds, normally down, once, running", .up(pid: 26040), seconds: 0,
      isNormallyUp: false, want: .once, phase: .running),
    Case(
      "up (pid 24484) 28 seconds, paused, running", .up(pid: 24484), seconds: 28, isPaused: true,
      phase: .running),
    Case(
      "up (pid 26749) 0 seconds, want down, stopped", .up(pid: 26749), seconds: 0, want: .down,
      phase: .stopped),
    Case("up (pid 7) 3 seconds, status unknown", .up(pid: 7), seconds: 3, phase: .unknown),
  ]

  let now = Timestamp(seconds: 1_000_000, nanoseconds: 0)

  @Test(arguments: daemontools + encore)
  func `every form is understood, and told again in the same words`(item: Case) {
    let line = SvstatLine("/service/x: \(item.text)\n", at: now)
    #expect(line.name == "/service/x")
    #expect(line.status == item.status)
    #expect(line.status.description == item.text)
  }

  @Test(arguments: [
    "supervise not running", "unable to open supervise/ok: file does not exist",
  ])
  func `no supervise is told apart from trouble`(text: String) {
    let status = ServiceStatus.parse(svstatLine: "up: \(text)")
    #expect(status.state == .notSupervised(reason: text))
    #expect(!status.isSupervised)
  }

  @Test(arguments: [
    "unable to chdir: file does not exist", "unable to chdir: access denied",
    "unable to stat down: symbolic link loop", "unable to open supervise/ok: access denied",
    "unable to open supervise/status: file does not exist",
    "unable to read supervise/status: bad format", "no log service",
    "unable to open /run/service/x/ok: access denied",
  ])
  func `an obstacle keeps its words`(text: String) {
    let line = SvstatLine("a: b: \(text)")
    #expect(line.status.state == .unavailable(reason: text))
    #expect(line.status.description == text)
  }

  @Test(arguments: [
    "", "up", "up (pid ) 3 seconds", "up (pid 4) seconds", "up (pid -4) 3 seconds",
    "up (pid 99999999999) 3 seconds", "up (pid 4) 99999999999999999999 seconds",
    "up (pid 4) 3 seconds ", "up (pid 4) 3 seconds, want up", "down 3 seconds, want down",
    "up (pid 4) 3 seconds, want down, paused", "down 3 seconds, paused",
    "up (pid 4) 3 seconds, once", "wait 3 seconds  pid 12 ", "up (pid ٣) 3 seconds",
    "up (pid 4) 3 seconds, running, running",
  ])
  func `a form that we do not know is kept as it is`(text: String) {
    let line = SvstatLine("x: \(text)")
    #expect(line.name == "x")
    #expect(line.status.state == .unrecognized(text: text))
  }

  @Test func `text without a name is kept whole, and shown only through the escape`() {
    let line = SvstatLine("usage\u{1b}[2J")
    #expect(line.name == "")
    #expect(line.status.state == .unrecognized(text: "usage\u{1b}[2J"))
    #expect(line.status.description == "usage\\x1b[2J")
  }

  @Test(arguments: ["./a: b", "up (pid 1) 3 seconds", "x: down 3 seconds", "wlog log"])
  func `a name may look like an answer`(name: String) {
    let line = SvstatLine("\(name): up (pid 4) 3 seconds", at: now)
    #expect(line.name == name)
    #expect(line.status.pid == 4)
  }

  @Test func `the age goes on, and never below nothing`() {
    let status = ServiceStatus.parse(svstatLine: "x: up (pid 4) 30 seconds", at: now)
    #expect(status.seconds(at: now) == 30)
    #expect(status.seconds(at: Timestamp(seconds: 1_000_060, nanoseconds: 5)) == 90)
    #expect(status.seconds(at: Timestamp(seconds: 5, nanoseconds: 0)) == 0)
  }
}
