import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What the console costs when nothing happens.
@Suite(.scratch, .timeLimit(.minutes(3))) struct IdleTests {
  /// A number from a file of `/proc`, by the word before it.
  private func number(_ word: String, in path: String) throws -> Int {
    let line = try FilePath(path).text.split(separator: "\n").first { $0.hasPrefix(word + ":") }
    guard let value = line?.split(whereSeparator: { " \t:".contains($0) }).last,
      let number = Int(value)
    else { throw SystemError("read", path, .invalidArgument) }
    return number
  }

  /// Waits until a minute has just begun: the clock in the title changes then.
  private func waitForMinute() {
    let rest = 60 - Timestamp.now.seconds % 60
    if rest < 15 { sleep(UInt32(rest) + 1) }
  }

  @Test func `ten idle seconds cost no byte and no wake-up`() throws {
    let server = try MailServer()
    let send = try server.addTalker("qmail-send")
    try server.start(waitingFor: send)
    let screen = try Screenful()
    try screen.start(server)
    try screen.wait { $0.contains("status: started") }
    let pid = try screen.consolePid()
    waitForMinute()
    sleep(2)
    let bytes = try number("wchar", in: "/proc/\(pid)/io")
    let switches = try number("voluntary_ctxt_switches", in: "/proc/\(pid)/status")
    sleep(10)
    #expect(try number("wchar", in: "/proc/\(pid)/io") == bytes)
    #expect(try number("voluntary_ctxt_switches", in: "/proc/\(pid)/status") == switches)
  }

  @Test func `one changed state redraws its cells and little else`() throws {
    let server = try MailServer()
    try server.update()
    let screen = try Screenful(columns: 100, rows: 30)
    try screen.start(server)
    try screen.wait { $0.contains("all fresh") }
    let pid = try screen.consolePid()
    waitForMinute()
    sleep(2)
    let before = try number("wchar", in: "/proc/\(pid)/io")
    try server.control("morercpthosts").write("other.example\n")
    try screen.wait { $0.contains("1 stale") }
    sleep(1)
    let written = try number("wchar", in: "/proc/\(pid)/io") - before
    #expect(written > 0 && written < 500, "\(written) bytes")
  }
}
