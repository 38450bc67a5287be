import SystemSupport
import Testing

@testable import Supervision

@Suite struct ServiceWaitJudgeTests {
  let clock = Timestamp(seconds: 1_000_000, nanoseconds: 0)
  let start = Instant(nanoseconds: 5_000_000_000)

  func up(_ pid: Int32, age: Int64 = 0) -> ServiceStatus {
    ServiceStatus(.up(pid: pid), since: Timestamp(seconds: 1_000_000 - age, nanoseconds: 0))
  }

  @Test func `the steady time counts from the start of the process`() {
    var judge = ServiceWaitJudge(.restarted(from: 7))
    #expect(judge.look(at: up(7), clock: clock, now: start) == .wait(nil))
    #expect(judge.look(at: up(8, age: 1), clock: clock, now: start) == .wait(.seconds(2)))
    let almost = start + .milliseconds(1999)
    #expect(judge.look(at: up(8, age: 1), clock: clock, now: almost) == .wait(.milliseconds(1)))
    let status = up(8, age: 1)
    #expect(
      judge.look(at: status, clock: clock, now: start + .seconds(2)) == .end(.met(status)))
  }

  @Test(arguments: [-5000, 5000] as [Int64])
  func `a clock that was set can neither end the wait nor make it longer`(age: Int64) {
    var judge = ServiceWaitJudge(.up())
    let status = up(8, age: age)
    let expected = age < 0 ? Duration.seconds(3) : .zero
    let verdict = judge.look(at: status, clock: clock, now: start)
    #expect(verdict == (expected == .zero ? .end(.met(status)) : .wait(expected)))
  }

  @Test func `one death is forgiven, a second is a crash loop`() {
    var judge = ServiceWaitJudge(.restarted(from: 7))
    _ = judge.look(at: up(8), clock: clock, now: start)
    #expect(judge.look(at: up(9), clock: clock, now: start) == .wait(.seconds(3)))
    #expect(judge.deaths == 1)
    let down = ServiceStatus(.down)
    #expect(
      judge.look(at: down, clock: clock, now: start)
        == .end(.crashLooping(deaths: 2, last: down)))
  }

  @Test func `the same pid with another start is another process`() {
    var judge = ServiceWaitJudge(.up())
    _ = judge.look(at: up(8, age: 1), clock: clock, now: start)
    _ = judge.look(at: up(8), clock: clock, now: start)
    #expect(judge.deaths == 1)
  }

  @Test func `an empty status is waited over, any other obstacle is the end`() {
    var judge = ServiceWaitJudge(.down)
    let short = ServiceStatus(
      .unavailable(reason: "unable to read supervise/status: bad format"))
    #expect(judge.look(at: short, clock: clock, now: start) == .wait(nil))
    let denied = ServiceStatus(.unavailable(reason: "unable to chdir: access denied"))
    #expect(judge.look(at: denied, clock: clock, now: start) == .end(.gone(denied)))
  }
}
