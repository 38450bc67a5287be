import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What the console tells of loggers, and of logs that are large or busy.
@Suite(.scratch, .timeLimit(.minutes(2))) struct ServiceLogTests {
  @Test func `a logger that is down is told apart from a log that is silent`() throws {
    let server = try MailServer()
    let send = try server.addTalker("qmail-send")
    try server.start(waitingFor: send)
    let screen = try Screenful(columns: 110)
    try screen.start(server)
    try screen.wait { $0.contains("status: started") && $0.contains("log ") }
    #expect(try !screen.text().contains("DOWN"))
    try server.services.control("d", send.appending("log"))
    try screen.wait { $0.contains("LOG DOWN") && $0.contains("ITS LOGGER IS DOWN") }
    try server.services.control("u", send.appending("log"))
    try screen.wait { !$0.contains("DOWN") }
  }

  @Test func `how busy a log is comes from its stamps`() throws {
    let server = try MailServer()
    try server.start(
      waitingFor: try server.addWriter(of: 1200, ("line", ""), log: ["s999999"]))
    let result = try server.script("wait line 1200", "dump -", size: (110, 24))
    // The script waits for the lines; the facts of its start may be older than some of them.
    let again = try server.script("wait line 1200", "dump -", size: (110, 24))
    #expect(result.code == 0 && again.code == 0)
    #expect(again.lines.contains { $0.contains("qmail-send") && $0.contains("/s") })
  }

  @Test func `keys are answered while a log floods in`() throws {
    let server = try MailServer()
    let send = try server.services.add(
      "qmail-send", run: "exec 2>&1\nexec yes 'a line of the flood that does not end'",
      log: ["t", "s999999", "n5", "./main"])
    try server.start(waitingFor: send)
    let screen = try Screenful(columns: 100, rows: 30)
    try screen.start(server)
    try screen.wait { $0.contains("of the flood") }
    for _ in 0..<5 {
      try screen.key("?")
      try screen.wait { $0.contains("qmail-console: help") }
      try screen.key("q")
      try screen.wait { $0.contains("PRODUCT") && $0.contains("of the flood") }
    }
    // Memory stays within its bound however much has come.
    let status = try FilePath("/proc/\(try screen.consolePid())/status").text
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    let size = line?.split(separator: " ").compactMap { Int($0) }.first
    #expect(size.map { $0 < 40_000 } == true, "\(line ?? "")")
  }

  @Test func `a search through a large log can be ended by a key`() throws {
    let server = try MailServer()
    let log = server.services.directory.appending("qmail-send/log/main")
    try server.services.directory.appending("qmail-send/run").write("", mode: 0o755)
    let line = "@4000000067a1b2c300000000 a line that is the same as all the others\n"
    let file = String(repeating: line, count: 60_000)
    for number in 0..<6 {
      try log.appending("@4000000067a1b2c30000000\(number).s").write(file)
    }
    try log.appending("current").write(line)
    // Each step is a turn of the loop: the key that ends it is taken in between.
    let result = try server.script(
      "wait the same as all", "key Tab Tab /", "text nowhere", "key Enter", "wait searching older",
      "dump -", "key Esc", "wait “nowhere” 0 in", "dump -", "key n", "wait searching older",
      "wait no older line holds", "dump -", size: (100, 24))
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("Esc ends it"))
  }

  @Test func `a closed link ends the console`() throws {
    let (server, screen) = (try MailServer(), try Screenful())
    try screen.start(server)
    let pid = try screen.consolePid()
    try screen.close()
    for _ in 0..<200 where try FileStatus.of(FilePath("/proc/\(pid)/exe")) != nil {
      try Tools.run(["sleep", "0.05"])
    }
    #expect(try FileStatus.of(FilePath("/proc/\(pid)/exe")) == nil)
  }
}
