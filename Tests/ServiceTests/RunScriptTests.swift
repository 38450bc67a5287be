import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The run scripts under a real svscan and supervise.
@Suite(.scratch, .timeLimit(.minutes(1))) struct RunScriptTests {
  private let root = Scratch.directory.appending("root")

  /// Adds the service as the installation makes it, but on a tree of its own.
  ///
  /// The script takes `pipe-watcher` from its own PATH; first in it is a program that notes its
  /// environment and then is the real one, with the root.
  private func addService(to sandbox: ServiceSandbox) throws -> FilePath {
    let bin = Scratch.directory.appending("bin")
    let real = try Tools.own("pipe-watcher")
    try FileOperations.makeDirectory(root.pushing("var/qmail/control"))
    try bin.appending("pipe-watcher").write(
      "#!/bin/sh\nenv >'\(root)/environment'\nexec '\(real)' --root '\(root)'\n", mode: 0o755)
    let run = try Installation.file("run").text
    #expect(run.contains(" PATH=/usr/local/bin:"))
    let hidden = sandbox.directory.appending(".updater")
    try hidden.appending("run").write(
      run.replacing(" PATH=", with: " PATH='\(bin)':"), mode: 0o755)
    try hidden.pushing("log/run").write(try Installation.file("log/run").text, mode: 0o755)
    try check("chmod") { unsafe chmod(hidden.string, 0o1755) }
    let service = sandbox.directory.appending("updater")
    try FileOperations.rename(hidden, to: service)
    return service
  }

  /// Waits until the log has a text.
  private func waitForLog(_ text: String, in service: FilePath) throws -> Bool {
    let current = service.pushing("log/main/current")
    for _ in 0..<3000 {
      if let log = try? current.text, log.contains(text) { return true }
      usleep(10_000)
    }
    return false
  }

  @Test func `supervise runs the service, and multilog has its words`() throws {
    let sandbox = try ServiceSandbox()
    let service = try addService(to: sandbox)
    try sandbox.start()
    let pid = try sandbox.waitUntilUp(service)
    #expect(try waitForLog(" pipe-watcher: started: pid \(pid), ", in: service))
    let line = try #require(
      try service.pushing("log/main/current").text.split(separator: "\n").first)
    #expect(line.hasPrefix("@4"))
    #expect(line.dropFirst(25).first == " ")
    let pipe = try FileStatus.of(root.pushing("run/qmail-updater/trigger"))
    #expect(pipe?.kind == .fifo)
    #expect(pipe?.mode == 0o622)
  }

  @Test func `nothing of svscan's environment reaches the service`() throws {
    setenv("QMAIL_UPDATER_TEST_SECRET", "x", 1)
    defer { unsetenv("QMAIL_UPDATER_TEST_SECRET") }
    let sandbox = try ServiceSandbox()
    let service = try addService(to: sandbox)
    try sandbox.start()
    #expect(try waitForLog("started", in: service))
    let environment = try root.appending("environment").text
    #expect(environment.contains("PATH="))
    #expect(!environment.contains("QMAIL_UPDATER_TEST_SECRET"))
    #expect(!environment.contains("HOME="))
  }

  @Test func `a service that is told to go down comes to a clean end`() throws {
    let sandbox = try ServiceSandbox()
    let service = try addService(to: sandbox)
    try sandbox.start()
    #expect(try waitForLog("started", in: service))
    try sandbox.control("d", service)
    try sandbox.wait(service) { $0.hasPrefix("down") }
    #expect(try waitForLog("ending: TERM", in: service))
  }

  @Test(.enabled(if: geteuid() == 0)) func `multilog runs as the owner of its directory`() throws {
    let sandbox = try ServiceSandbox()
    let service = try addService(to: sandbox)
    let main = service.pushing("log/main")
    try FileOperations.makeDirectory(main)
    try check("chown") { unsafe chown(main.string, 65_534, 65_534) }
    try sandbox.start()
    #expect(try waitForLog("started", in: service))
    #expect(try FileStatus.of(main.appending("current"))?.owner == 65_534)
  }
}
