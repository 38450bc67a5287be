import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The console over real supervise and multilog.
@Suite(.scratch, .timeLimit(.minutes(2))) struct SupervisedServicesTests {
  @Test func `a restart is verified by a new process that stays up`() throws {
    let server = try MailServer()
    let send = try server.addTalker("qmail-send")
    let old = try server.start(waitingFor: send)
    let result = try server.script(
      "wait pid \(old)", "key Tab r", "wait svc -t", "key Right Enter", "wait verified", "dump -",
      size: (120, 30))
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("pid \(old) → pid"))
    #expect(try server.services.waitUntilUp(send) != old)
  }

  @Test func `a restart of a tcpserver tells how many sessions are open`() throws {
    let server = try MailServer()
    let port = Scratch.directory.appending("port")
    let smtpd = try server.services.add(
      "qmail-smtpd", run: "exec tcpserver -H -R -l localhost -1 127.0.0.1 0 cat >\(port)")
    try server.services.start()
    let pid = try server.services.waitUntilUp(smtpd)
    try wait { try FileStatus.of(port)?.size ?? 0 > 0 }
    let number = try port.text.split(separator: "\n")[0]
    let script = "exec 3<>/dev/tcp/127.0.0.1/\(number) && echo && exec cat <&3"
    let clients = (1...3).map { _ in Background(["bash", "-c", script]) }
    try wait {
      try RunningProcess.all().count { $0.parent == pid && !$0.isZombie } == 3
    }
    let result = try server.script(
      "wait pid \(pid)", "key Tab r", "wait 3 sessions open", "dump -", "key Right Enter",
      "wait verified", size: (120, 30))
    withExtendedLifetime(clients) {}
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("svc -t "))
  }

  @Test func `stop, start, pause and continue are verified`() throws {
    let server = try MailServer()
    try server.start(waitingFor: try server.addTalker("qmail-send"))
    let result = try server.script(
      "wait ✓ up", "key Tab p", "wait Pause", "key Right Enter", "wait PAUSED", "wait verified",
      "key p", "wait ✓ up", "wait idle", "key s", "wait Stop", "key Right Enter", "wait ✗ DOWN",
      "wait idle", "key s", "wait ✓ up", "wait verified", "dump -")
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `a service whose link leads elsewhere is followed there`() throws {
    let server = try MailServer()
    let places = Scratch.directory.appending("places")
    let (old, new) = (places.appending("old"), places.appending("new"))
    try FileOperations.makeDirectory(old)
    try new.appending("run").write("#!/bin/sh\nexec sleep 1000\n", mode: 0o755)
    let supervise = Background(["supervise", new.string])
    defer { supervise.stop() }
    let link = server.services.directory.appending("swapped")
    try Tools.run(["ln", "-s", old.string, link.string])
    let pid = try server.services.waitUntilUp(new)
    let editor = Background([
      "sh", "-c", "sleep 3; ln -sfn \(new) \(link); sleep 3; svc -d \(new)",
    ])
    let result = try server.script(
      "wait swapped", "wait pid \(pid)", "wait ✗ DOWN", "dump -", size: (120, 30))
    editor.wait()
    try server.services.control("x", new)
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `a service that dies at once is seen to crash`() throws {
    let server = try MailServer()
    try server.services.add("qmail-smtpd", run: "exit 1", log: ["t", "./main"])
    try server.services.start()
    let result = try server.script("wait CRASHING", "dump -")
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `the log is followed, searched and filtered`() throws {
    let server = try MailServer()
    try server.start(
      waitingFor: try server.addWriter(
        of: 300, ("delivery", ": success"), log: ["s4096", "n50"]))
    let result = try server.script(
      "wait delivery 300: success", "key Tab Tab", "text /", "text delivery 7:", "key Enter",
      "wait 1 of 1", "dump -")
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("paused"))
    let filtered = try server.script(
      "wait delivery 300: success", "key Tab Tab F4", "text delivery 29", "key Enter",
      "wait only “delivery 29”", "dump -")
    #expect(!filtered.text.contains("delivery 300:"))
    #expect(filtered.text.contains("delivery 299: success"))
  }

  @Test func `the service's own pass is shown at once, with its owner`() throws {
    let server = try MailServer()
    try server.configureSlowRule(seconds: 4)
    try server.start(waitingFor: try server.addUpdater())
    let result = try server.script(
      "wait building", "wait by pipe-watcher", "wait all fresh", "dump -", size: (120, 30))
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `a force waits for the service's build and then runs`() throws {
    let server = try MailServer()
    try server.configureSlowRule(seconds: 4)
    try server.start(waitingFor: try server.addUpdater())
    let result = try server.script(
      "wait building", "key f", "wait held by pipe-watcher", "wait verified", "wait all fresh",
      "dump -", size: (140, 30))
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("users/cdb: unchanged"))
  }
}
