import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)), .scratch) struct EventLoopTests {
  @Test func `deadlines come in their order, and a cancelled one never`() throws {
    let loop = EventLoop()
    var order: [Int] = []
    let now = Instant.now
    loop.schedule(at: now + .milliseconds(20)) {
      order.append(2)
      loop.stop()
    }
    let cancelled = loop.schedule(at: now + .milliseconds(10)) { order.append(9) }
    loop.schedule(at: now + .milliseconds(5)) { order.append(1) }
    loop.cancel(cancelled)
    try loop.run()
    #expect(order == [1, 2])
  }

  @Test func `a source that is redirected keeps its place before later ones`() throws {
    let loop = EventLoop()
    let (old, new, other) = (try Pipe(), try Pipe(), try Pipe())
    var served: [String] = []
    let token = loop.watch(old.reader.raw) { _ in
      served.append("first")
      _ = try? new.reader.read(upTo: 10)
    }
    loop.watch(other.reader.raw) { _ in
      served.append("second")
      loop.stop()
    }
    loop.redirect(token, to: new.reader.raw)
    for pipe in [old, new, other] { try pipe.writer.write([1]) }
    try loop.run()
    #expect(served == ["first", "second"])
  }

  @Test func `what was collected is handed over before each wait and at the end`() throws {
    let loop = EventLoop()
    var collected: [Int] = []
    var handedOver: [[Int]] = []
    loop.beforeEachWait {
      if !collected.isEmpty { handedOver.append(collected) }
      collected = []
    }
    loop.schedule(after: .zero) {
      collected += [1, 2]
      loop.schedule(after: .milliseconds(1)) {
        collected.append(3)
        loop.stop()
      }
    }
    try loop.run()
    #expect(handedOver == [[1, 2], [3]])
  }

  @Test func `inotify reports a file that is renamed into place`() throws {
    let loop = EventLoop()
    var seen: [Inotify.Event] = []
    let inotify = try Inotify(on: loop) { events in
      seen += events
      loop.stop()
    }
    let watch = try inotify.add(Scratch.directory, for: [.movedTo, .closedAfterWrite])
    try FileReplacement.write([1], to: Scratch.directory.appending("locals"))
    try loop.run()
    let renamed = seen.first { $0.mask == .movedTo }
    #expect(renamed?.watch == watch)
    #expect(renamed?.name == Array("locals".utf8))
  }

  @Test func `a lock is waited for, and its holder is told`() throws {
    let path = Scratch.directory.appending("lock")
    let first = try FileLock(path)
    let second = try FileLock(path)
    #expect(try first.acquireIfFree(as: "pipe-watcher"))
    #expect(try !second.acquireIfFree(as: "update-qmail"))
    let loop = EventLoop()
    var told: FileLock.Holder?
    loop.schedule(after: .milliseconds(20)) { first.release() }
    loop.acquire(second, as: "update-qmail", waiting: { told = $0 }) { error in
      #expect(error == nil)
      loop.stop()
    }
    try loop.run()
    #expect(told?.program == "pipe-watcher")
    #expect(told?.pid == getpid())
    #expect(second.isHeld)
    #expect(try !first.acquireIfFree(as: "x"))
    second.release()
    #expect(try first.acquireIfFree(as: "x"))
  }

  @Test func `who holds a lock for a moment only tells when it lasts`() throws {
    let path = Scratch.directory.appending("lock")
    let first = try FileLock(path)
    let second = try FileLock(path)
    #expect(try first.acquireIfFree(as: "pipe-watcher", isBrief: true))
    #expect(second.holder?.since == nil)
    let loop = EventLoop()
    var told: [FileLock.Holder?] = []
    loop.acquire(second, as: "update-qmail", waiting: { told.append($0) }) { _ in loop.stop() }
    #expect(told.isEmpty)
    first.tellHolder("pipe-watcher")
    loop.schedule(after: .milliseconds(100)) { first.release() }
    try loop.run()
    #expect(told.map(\.?.program) == ["pipe-watcher"])
    second.release()
    #expect(try path.text == "")
  }

  @Test func `whoever gets the lock at once never hears of a holder`() throws {
    let path = Scratch.directory.appending("lock")
    let first = try FileLock(path)
    let second = try FileLock(path)
    #expect(try first.acquireIfFree(as: "pipe-watcher", isBrief: true))
    let loop = EventLoop()
    loop.acquire(second, as: "x", waiting: { _ in Issue.record("told") }) { _ in loop.stop() }
    first.release()
    try loop.run()
    #expect(second.isHeld)
  }
}

/// Both ends of a pipe.
private struct Pipe {
  let reader: OwnedDescriptor
  let writer: OwnedDescriptor

  init() throws {
    var ends: [CInt] = [-1, -1]
    try check("make a pipe") { Glibc.pipe(&ends) }
    reader = OwnedDescriptor(owning: ends[0])
    writer = OwnedDescriptor(owning: ends[1])
  }
}
