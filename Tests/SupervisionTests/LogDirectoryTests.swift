import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import enum Supervision.LogDirectory

@Suite(.timeLimit(.minutes(3)), .scratch) struct LogDirectoryTests {
  @Test func `the running multilog tells its directory`() throws {
    let elsewhere = Scratch.directory.appending("elsewhere/log")
    try FileOperations.makeDirectory(elsewhere.removingLastComponent())
    let sandbox = try ServiceSandbox()
    let relative = try sandbox.add(
      "relative", run: "exec sleep 1000", log: ["t", "s4096", "./main", "./second"])
    let absolute = try sandbox.add(
      "absolute", run: "exec sleep 1000", log: ["t", "-*", "+/not this", elsewhere.string])
    let moved = try sandbox.add("moved", run: "exec sleep 1000", log: ["t", "../../moved/logs"])
    let none = try sandbox.add("none", run: "exec sleep 1000")
    try sandbox.start()
    for service in [relative, absolute, moved] {
      let log = service.appending("log")
      let pid = try sandbox.waitUntilUp(log)
      // The script becomes multilog only after supervise called it up.
      try EventLoop().turn(until: { LogDirectory.find(process: pid, startedIn: log) != nil })
    }
    #expect(LogDirectory.find(for: relative) == relative.appending("log/main"))
    #expect(LogDirectory.find(for: absolute) == elsewhere)
    #expect(LogDirectory.find(for: moved) == moved.appending("logs"))
    // After a rotation multilog's working directory is the log itself.
    for service in [relative, moved] { try sandbox.control("a", service.appending("log")) }
    #expect(LogDirectory.find(for: relative) == relative.appending("log/main"))
    #expect(LogDirectory.find(for: none) == nil)
    #expect(LogDirectory.find(for: none, configured: "/var/log/x") == "/var/log/x")
  }

  @Test func `without a running log service the customary place is taken`() throws {
    let service = Scratch.directory.appending("stopped")
    try FileOperations.makeDirectory(service.appending("log"))
    #expect(LogDirectory.find(for: service) == nil)
    try FileOperations.makeDirectory(service.appending("log/main"))
    #expect(LogDirectory.find(for: service) == service.appending("log/main"))
  }

  @Test(arguments: [
    ("multilog t ./main", "./main"),
    ("/usr/bin/multilog t !gzip =./status /var/log/x", "/var/log/x"),
    ("multilog t", nil), ("sh ./run", nil), ("svlogd -tt ./main", nil), ("", nil),
    ("multilog -./x ../up", "../up"),
  ])
  func `the words of a command line are told apart`(line: String, expected: String?) {
    let bytes = Array(line.utf8).map { $0 == UInt8(ascii: " ") ? 0 : $0 } + [0]
    #expect(LogDirectory.directoryWord(bytes) == expected.map { FilePath($0) })
  }
}
