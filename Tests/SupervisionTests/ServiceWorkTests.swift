import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What a service does for others now, counted from its processes.
@Suite(.scratch, .timeLimit(.minutes(1))) struct ServiceWorkTests {
  private static func process(
    _ pid: Int32, _ parent: Int32, _ program: String, zombie: Bool = false
  ) -> RunningProcess {
    RunningProcess(pid: pid, parent: parent, program: program, isZombie: zombie)
  }

  /// qmail-send is what supervise sees: qmail-start becomes it when it has started the others.
  private static let mail = [
    process(10, 9, "qmail-send"), process(11, 10, "qmail-lspawn"), process(12, 10, "qmail-rspawn"),
    process(13, 10, "qmail-clean"), process(14, 12, "qmail-remote"),
    process(15, 12, "qmail-remote"), process(16, 12, "qmail-remote", zombie: true),
    process(17, 11, "qmail-local"), process(18, 17, "maildrop"), process(19, 1, "qmail-remote"),
  ]

  @Test func `the deliveries of qmail-send are the children of its spawners`() {
    #expect(ServiceWork.of(10, among: Self.mail) == .deliveries(remote: 2, local: 1))
    let idle = Array(Self.mail.prefix(4))
    #expect(ServiceWork.of(10, among: idle) == .deliveries(remote: 0, local: 0))
  }

  @Test func `the sessions of a tcpserver are its children that live`() {
    let processes = [
      Self.process(20, 9, "tcpserver"), Self.process(21, 20, "qmail-smtpd"),
      Self.process(22, 20, "tcpserver"), Self.process(23, 20, "tcpserver", zombie: true),
      Self.process(24, 21, "qmail-queue"), Self.process(25, 9, "qmail-smtpd"),
    ]
    #expect(ServiceWork.of(20, among: processes) == .sessions(2))
  }

  @Test func `below another program everything counts, once`() {
    let processes = [
      Self.process(30, 9, "sh"), Self.process(31, 30, "perl"), Self.process(32, 31, "perl"),
      // A pid that came again while the list was read.
      Self.process(30, 32, "sh"),
    ]
    #expect(ServiceWork.of(30, among: processes) == .processes(3))
    #expect(ServiceWork.of(31, among: Array(processes.prefix(3))) == .processes(1))
  }

  @Test func `a process that is not there has no unknown number of sessions, but an unknown one`() {
    guard case .unknown = ServiceWork.of(99, among: Self.mail) else {
      Issue.record("it was counted")
      return
    }
  }

  @Test func `connections to a real tcpserver are counted, and outlive it`() throws {
    let sandbox = try ServiceSandbox()
    let port = Scratch.directory.appending("port")
    let smtpd = try sandbox.add(
      "qmail-smtpd", run: "exec tcpserver -H -R -l localhost -1 127.0.0.1 0 cat >\(port)")
    try sandbox.start()
    let pid = try sandbox.waitUntilUp(smtpd)
    try wait { try FileStatus.of(port)?.size ?? 0 > 0 }
    #expect(ServiceWork.of(pid) == .sessions(0))
    let number = try port.text.split(separator: "\n")[0]
    let script = "exec 3<>/dev/tcp/127.0.0.1/\(number) && exec sleep 100"
    let clients = (1...3).map { _ in Background(["bash", "-c", script]) }
    try wait { ServiceWork.of(pid) == .sessions(3) }
    clients[0].stop()
    try wait { ServiceWork.of(pid) == .sessions(2) }
    let sessions = try RunningProcess.all().filter { $0.parent == pid && !$0.isZombie }
    #expect(sessions.count == 2)
    try sandbox.control("t", smtpd)
    try sandbox.wait(smtpd) { !$0.contains("(pid \(pid))") }
    #expect(sessions.allSatisfy { RunningProcess($0.pid)?.startTicks == $0.startTicks })
  }

  @Test func `processes of the names of qmail are counted as its deliveries`() throws {
    let sandbox = try ServiceSandbox()
    let bin = Scratch.directory.appending("bin")
    func program(_ name: String, _ text: String) throws -> FilePath {
      let path = bin.appending(name)
      try path.write("#!/bin/sh\n\(text)\n", mode: 0o755)
      return path
    }
    let remote = try program("qmail-rspawn", "sleep 100 & sleep 100 & wait")
    let local = try program("qmail-lspawn", "sleep 100 & wait")
    let send = try program("qmail-send", "\(remote) & \(local) & wait")
    let service = try sandbox.add("qmail-send", run: "exec \(send)")
    try sandbox.start()
    let pid = try sandbox.waitUntilUp(service)
    try wait { ServiceWork.of(pid) == .deliveries(remote: 2, local: 1) }
  }
}
