import Glibc
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// The state directory: what is broken in it is a warning, never a crash.
@Suite(.scratch, .timeLimit(.minutes(5))) struct StateTests {
  static let broken = [
    ("empty", "", "not a state file of mine"), ("no JSON", "{", "not a state file of mine"),
    ("other JSON", "[1]", "not a state file of mine"),
    ("a version to come", #"{"version":2,"rule":"morercpthosts.cdb"}"#, "version 2"),
    ("half a state", #"{"version":1,"rule":"morercpthosts.cdb"}"#, "not a state file of mine"),
    ("binary", "\u{0}\u{1}\u{1b}[2J", "not a state file of mine"),
  ]

  @Test(arguments: broken)
  func `a state file that is broken or of another version is a warning`(
    description: String, contents: String, warning: String
  ) throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.pass()
    let path = server.store.path(of: "morercpthosts.cdb")
    try path.write(contents, mode: 0o600)
    // Dates decide again, of a product that was made well after the change.
    try shell("sleep 2.1; cat $1 >$1.n; mv $1.n $1", server.control("morercpthosts.cdb"))
    #expect(try server.run("morercpthosts.cdb") == nil)
    #expect(
      server.log.contains { $0.contains("warning: ") && $0.contains(warning) }, "\(server.log)")
    guard case .fresh(.dates) = try server.status(of: "morercpthosts.cdb").verdict else {
      Issue.record("\(server.log)")
      return
    }
    #expect(try FileStatus.of(path)?.mode == 0o600)
  }

  @Test func `a state cut short anywhere is a warning`() throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.pass()
    let path = server.store.path(of: "morercpthosts.cdb")
    let bytes = try FileReading.contents(of: path)
    for count in stride(from: 0, to: bytes.count, by: 37) {
      try path.write(Array(bytes[..<count]))
      var warnings = 0
      let state = server.store.load("morercpthosts.cdb") { _ in warnings += 1 }
      #expect(warnings == 1 && state.record == nil, "\(count)")
    }
  }

  @Test func `a state of another rule, a directory or a link in its place is a warning`() throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.pass()
    let path = server.store.path(of: "morercpthosts.cdb")
    try shell("sed -i 's/morercpthosts.cdb/other/' $1", path)
    try server.pass()
    #expect(server.log.contains { $0.contains("belongs to another rule") })
    try shell("rm $1; mkdir $1", path)
    let result = try server.pass()
    #expect(!result.isTrouble)
    #expect(server.log.contains { $0.contains("warning: ") && $0.contains("unable to") })
  }

  @Test func `the state directory is private where it holds contents`() throws {
    let server = try TestServer()
    try server.pass()
    #expect(try FileStatus.of(server.store.rulesDirectory)?.mode == 0o700)
    let previous = server.store.previousPath(of: "x").removingLastComponent()
    #expect(try FileStatus.of(previous)?.mode == 0o700)
    #expect(try FileStatus.of(server.store.lockPath)?.mode == 0o600)
  }

  @Test func `what killed writers have left does not pile up`() throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.pass()
    let previous = server.store.previousPath(of: "x.cdb").removingLastComponent()
    try server.store.rulesDirectory.appending(".x.json.abcdefghijk.tmp").write("half")
    try previous.appending("..x.cdb.abcdefghijk.tmp.abcdefghijk.tmp").write("half")
    // A program that writes in place was cut off together with us: this was its product.
    try previous.appending(".x.cdb.abcdefghijk.tmp").write("whole")
    let control = server.settings.layout.control
    try control.appending(".morercpthosts.cdb.abcdefghijk.tmp/half").write("half")
    try control.appending(".morercpthosts.cdb.candidate-1a.tmp").write("half")
    try control.appending(".morercpthosts.cdb.candidate-1a.tmp.t").write("half")
    try control.appending("..morercpthosts.cdb.candidate-1a.tmp.2b.tmp").write("half")
    try control.appending(".morercpthosts.cdb.abcdefghijl.tmp").write("somebody's, now")
    try control.appending(".other.abcdefghijk.tmp").write("not ours")
    // Whoever gives the lock back takes its name out of it.
    try server.store.lockPath.write("1 killed 1 ", mode: 0o600)
    #expect(try server.run("morercpthosts.cdb", forcing: true) == .unchanged)
    #expect(try server.leftovers(in: server.store.rulesDirectory, previous) == [])
    #expect(try previous.appending("x.cdb").text == "whole")
    #expect(
      try FileReading.names(in: control).map(\.string).filter { $0.hasPrefix(".") } == [
        ".morercpthosts.cdb.abcdefghijl.tmp", ".other.abcdefghijk.tmp",
      ])
  }

  /// WATCH 5: who holds the lock is told to whoever waits.
  @Test func `a pass waits for the lock, and tells who holds it`() throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.store.prepare()
    let lock = try FileLock(server.store.lockPath)
    #expect(try lock.acquireIfFree(as: "somebody"))
    let result = try server.pass { loop, _ in
      loop.schedule(after: .milliseconds(100)) {
        #expect(server.log.count == 1)
        lock.release()
      }
    }
    #expect(server.log.first?.hasPrefix("lock: held by somebody (pid \(getpid())), since ") == true)
    #expect(try server.entry("morercpthosts.cdb", in: result).run?.result == .built)
    #expect(try FileLock(existing: server.store.lockPath).isFree)
  }

  @Test func `a pass that waits for the lock can be stopped`() throws {
    let server = try TestServer()
    try server.store.prepare()
    let lock = try FileLock(server.store.lockPath)
    #expect(try lock.acquireIfFree(as: "somebody"))
    let result = try server.pass { loop, pass in
      loop.schedule(after: .milliseconds(50)) { pass.stop() }
    }
    #expect(result.isStopped)
    lock.release()
  }

  @Test func `a full disk or an unwritable state changes what is remembered, not what is done`()
    throws
  {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.pass()
    // A directory in the place of the file's temporary names cannot be had: make the rename fail.
    try shell("rm $1; mkdir $1 && touch $1/x", server.store.path(of: "morercpthosts.cdb"))
    try server.control("morercpthosts").write("b.example\n")
    #expect(try server.run("morercpthosts.cdb") == .built)
    #expect(server.log.contains { $0.contains("warning: ") })
  }
}
