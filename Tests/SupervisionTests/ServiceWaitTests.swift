import Glibc
import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)), .scratch) struct ServiceWaitTests {
  /// Waits on a loop of its own, after doing something.
  func outcome(
    of condition: ServiceWait.Condition, _ service: FilePath, timeout: Duration = .seconds(20),
    after action: (EventLoop) throws -> Void
  ) throws -> ServiceWait.Outcome {
    let loop = EventLoop()
    var result: ServiceWait.Outcome?
    try action(loop)
    try ServiceWait(for: condition, of: service, timeout: timeout, on: loop) {
      result = $0
      loop.stop()
    }
    #expect(result == nil)
    try loop.run()
    return try #require(result)
  }

  func send(_ verb: ServiceVerb, to service: FilePath) -> (EventLoop) throws -> Void {
    { loop in
      ServiceControl.send([verb], to: service, on: loop) { #expect($0 == .delivered) }
    }
  }

  @Test func `a restart is met by another process that stays up`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("restarted", run: "exec sleep 1000")
    try sandbox.start()
    let old = try sandbox.waitUntilUp(service)
    let outcome = try outcome(
      of: .restarted(from: old, steady: .seconds(2)), service,
      after: send(.terminate, to: service))
    guard case .met(let status) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try sandbox.waitUntilUp(service) == status.pid)
    #expect(status.pid != old)
    #expect(status.since.map { .now - $0 >= .seconds(2) } == true)
  }

  @Test func `processes that die at once are a crash loop`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("crashing", run: "[ -e good ] && exec sleep 1000; exit 1")
    try service.appending("good").write("")
    try sandbox.start()
    let old = try sandbox.waitUntilUp(service)
    try FileOperations.remove(service.appending("good"))
    let outcome = try outcome(
      of: .restarted(from: old), service, after: send(.terminate, to: service))
    guard case .crashLooping(let deaths, _) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(deaths == 2)
  }

  @Test func `a process that does not go is told by its old status`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("stubborn", run: "trap '' TERM; while :; do sleep 1; done")
    try sandbox.start()
    let old = try sandbox.waitUntilUp(service)
    let outcome = try outcome(
      of: .restarted(from: old), service, timeout: .seconds(1),
      after: send(.terminate, to: service))
    guard case .timedOut(let last) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(last.pid == old)
  }

  @Test func `down and up are waited for`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("both", run: "exec sleep 1000")
    try sandbox.start()
    try sandbox.waitUntilUp(service)
    let down = try outcome(of: .down, service, after: send(.down, to: service))
    guard case .met(let status) = down else {
      Issue.record("\(down)")
      return
    }
    #expect(status.state == .down)
    let up = try outcome(of: .up(steady: .zero), service, after: send(.up, to: service))
    guard case .met = up else {
      Issue.record("\(up)")
      return
    }
  }

  @Test(arguments: ["svc", "kill"])
  func `the end of supervise ends the wait`(way: String) throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("ending", run: "exec sleep 1000")
    try sandbox.start()
    let old = try sandbox.waitUntilUp(service)
    // Out of svscan's sight, so that it starts no other supervise.
    let hidden = sandbox.directory.appending(".hidden")
    try FileOperations.rename(service, to: hidden)
    let outcome = try outcome(of: .restarted(from: old), hidden) { loop in
      // The wait is under way when the end comes.
      loop.schedule(after: .milliseconds(100)) {
        #expect(throws: Never.self) {
          if way == "svc" {
            try Tools.run(["svc", "-dx", hidden.string])
          } else {
            kill(try parent(of: old), SIGKILL)
          }
        }
      }
    }
    #expect(outcome == .gone(ServiceStatus(.notSupervised(reason: "supervise not running"))))
  }

  /// The supervise of a service's process.
  func parent(of pid: Int32) throws -> Int32 {
    let words = try FilePath("/proc/\(pid)/stat").text.split(separator: ")").last?
      .split(separator: " ")
    return try #require(words.flatMap { Int32($0[1]) })
  }

  @Test func `a service that nobody supervises is told at once`() throws {
    let outcome = try outcome(of: .up(), Scratch.directory.appending("absent")) { _ in }
    guard case .gone(let status) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(status.description == "unable to chdir: file does not exist")
  }

  @Test func `others who ask for the status do not make us look`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("asked", run: "exec sleep 1000")
    try sandbox.start()
    try sandbox.waitUntilUp(service)
    let loop = EventLoop()
    let monitor = try ServiceMonitor(service, on: loop) { _ in }
    // Every look opens the FIFO `ok` and closes it: ours would be seen here beside svstat's.
    var looks = 0
    let inotify = try Inotify(on: loop) { events in
      looks += events.count { $0.name == Array("ok".utf8) }
    }
    _ = try inotify.add(service.appending("supervise"), for: .closedAfterWrite)
    for _ in 0..<3 { _ = try sandbox.svstat(service) }
    loop.schedule(after: .milliseconds(200)) { loop.stop() }
    try loop.run()
    // The kernel merges equal events that follow each other; another look of ours comes later.
    #expect((1...3).contains(looks))
    monitor.cancel()
  }

  @Test func `a monitor sees a service that arrives, changes and goes`() throws {
    let sandbox = try ServiceSandbox()
    let loop = EventLoop()
    let service = sandbox.directory.appending("later")
    var seen: [String] = []
    let monitor = try ServiceMonitor(service, on: loop) { status in
      let word = String(status.description.prefix { $0 != " " })
      guard seen.last != word else { return }
      seen.append(word)
      if word == "up" {
        ServiceControl.send([.down], to: service, on: loop) { #expect($0 == .delivered) }
      }
      // supervise says down before it starts the service for the first time.
      if word == "down", seen.contains("up") { loop.stop() }
    }
    #expect(monitor.status.state == .unavailable(reason: "unable to chdir: file does not exist"))
    try sandbox.add("later", run: "exec sleep 1000")
    try sandbox.start()
    let deadline = loop.schedule(after: .seconds(20)) { loop.stop() }
    try loop.run()
    loop.cancel(deadline)
    #expect(seen.last == "down")
    #expect(seen.contains("up"))
    monitor.cancel()
  }
}
