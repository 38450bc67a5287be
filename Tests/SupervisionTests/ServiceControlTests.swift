import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)), .scratch) struct ServiceControlTests {
  func send(
    _ verbs: ServiceVerb..., to service: FilePath, program: String = "svc"
  ) throws -> ServiceControl.Outcome {
    let loop = EventLoop()
    var result: ServiceControl.Outcome?
    ServiceControl.send(verbs, to: service, on: loop, program: program) {
      result = $0
      loop.stop()
    }
    #expect(result == nil)
    try loop.run()
    return try #require(result)
  }

  /// Every verb that sends a signal, and what a service that catches it writes.
  static let signals: [(ServiceVerb, String)] = [
    (.hup, "HUP"), (.alarm, "ALRM"), (.interrupt, "INT"), (.terminate, "TERM"),
  ]

  @Test func `each signal arrives at the service`() throws {
    let sandbox = try ServiceSandbox()
    let traps = Self.signals.map { "trap 'echo \($0.1) >>got' \($0.1)" }.joined(separator: "\n")
    let service = try sandbox.add(
      "catcher", run: "\(traps)\n: >>got; echo ready >>got; while :; do sleep 0.02; done")
    let got = service.appending("got")
    try sandbox.start()
    let deadline = Instant.now + .seconds(20)
    func wait(for word: String) throws {
      while (try? got.text.contains(word)) != true, .now < deadline {
        try Tools.run(["sleep", "0.01"])
      }
      #expect(try got.text.contains(word))
    }
    try wait(for: "ready")
    for (verb, word) in Self.signals {
      #expect(try send(verb, to: service) == .delivered)
      try wait(for: word)
    }
  }

  @Test func `down, up, pause, continue, once, kill and exit are obeyed`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("obedient", run: "exec sleep 1000")
    try sandbox.start()
    let first = try sandbox.waitUntilUp(service)
    #expect(try send(.pause, to: service) == .delivered)
    try sandbox.wait(service) { $0.hasSuffix("paused") }
    #expect(try send(.continue, to: service) == .delivered)
    try sandbox.wait(service) { $0.hasSuffix("seconds") }
    #expect(try send(.kill, to: service) == .delivered)
    try sandbox.wait(service) { $0.hasPrefix("up") && !$0.contains("pid \(first))") }
    #expect(try send(.down, to: service) == .delivered)
    try sandbox.wait(service) { $0.hasPrefix("down") }
    #expect(try send(.once, to: service) == .delivered)
    try sandbox.waitUntilUp(service)
    #expect(ServiceStatus.read(serviceDirectory: service).want == .once)
    // Out of svscan's sight, so that it starts no other supervise.
    let hidden = sandbox.directory.appending(".hidden")
    try FileOperations.rename(service, to: hidden)
    #expect(try send(.down, .exit, to: hidden) == .delivered)
    try sandbox.wait(hidden) { $0 == "supervise not running" }
  }

  /// vpopmail looks for qmail-send in the words of all processes.
  @Test func `a stranger's HUP does not keep svc from telling the service`() throws {
    let program = Scratch.directory.appending("slow-svc")
    try program.write("#!/bin/sh\nkill -HUP $$\nexec svc \"$@\"\n", mode: 0o755)
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("qmail-send", run: "exec sleep 1000")
    try sandbox.start()
    try sandbox.waitUntilUp(service)
    #expect(try send(.down, to: service, program: program.string) == .delivered)
    try sandbox.wait(service) { $0.hasPrefix("down") }
  }

  @Test func `svc's warning means that nothing was delivered`() throws {
    let absent = Scratch.directory.appending("absent")
    #expect(
      try send(.hup, to: absent)
        == .notDelivered(reason: "unable to chdir to \(absent): file does not exist"))
    let fresh = Scratch.directory.appending("fresh")
    try FileOperations.makeDirectory(fresh)
    #expect(
      try send(.hup, to: fresh)
        == .notDelivered(reason: "unable to control \(fresh): file does not exist"))
  }

  @Test func `an svc that is missing or fails is told, through the same completion`() throws {
    let outcome = try send(.hup, to: "/", program: "no-such-svc")
    #expect(
      outcome == .notDelivered(reason: "unable to run no-such-svc: No such file or directory"))
    #expect(
      try send(.hup, to: "/", program: "false")
        == .notDelivered(reason: "unable to run svc: exit 1"))
  }

  @Test func `a relative name cannot become an option`() {
    #expect(
      ServiceControl.command([.down, .exit], to: "-k").arguments == ["svc", "-dx", "./-k"])
  }
}
