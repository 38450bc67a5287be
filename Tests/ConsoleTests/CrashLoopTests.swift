import Console
import Supervision
import SystemPackage
import Testing

/// A service that dies right after each start looks like one that has just been started.
@Suite struct CrashLoopTests {
  private func service() -> Service {
    Service(ServiceName("/service/x"), status: ServiceStatus(.up(pid: 100), since: Samples.ago(60)))
  }

  /// Whether supervise's word between two processes, that there is none, was seen or not.
  @Test(arguments: [false, true])
  func `two quick deaths in a row are a loop, a long life ends it`(_ seesTheGap: Bool) {
    var service = service()
    var states: [ServiceState] = []
    let lives: [(pid: Int32, age: Int64)] = [(101, 9), (102, 8), (103, 7), (104, 6), (105, 1)]
    for (pid, age) in lives {
      if seesTheGap { service.update(ServiceStatus(.down, since: Samples.ago(age))) }
      service.update(ServiceStatus(.up(pid: pid), since: Samples.ago(age)))
      states.append(service.shownState)
    }
    #expect(states == [.up, .up, .crashing, .crashing, .up])
  }

  @Test func `a service that is taken down and up again by hand is no loop`() {
    var service = service()
    service.update(ServiceStatus(.down, since: Samples.ago(5)))
    service.update(ServiceStatus(.up(pid: 101), since: Samples.ago(4)))
    #expect(service.shownState == .up)
  }
}
