import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import SystemSupport

/// Who holds a lock, also when it is a program that tells nobody.
@Suite(.scratch, .timeLimit(.minutes(1))) struct LockHolderTests {
  private let path = Scratch.directory.appending("lock")

  private func lockedFile() throws -> FileLock {
    var lock: FileLock?
    try wait {
      lock = try? FileLock(existing: path)
      return lock?.isFree == false
    }
    return try #require(lock)
  }

  @Test func `a lock taken by setlock shows its program, and since when that runs`() throws {
    let before = Timestamp.now
    let other = Background(["setlock", path.string, "sleep", "100"])
    defer { other.stop() }
    let lock = try lockedFile()
    try wait { lock.holder?.program == "sleep" }
    let holder = try #require(lock.holder)
    #expect(holder.pid == other.pid)
    #expect(holder.since == nil)
    let started = try #require(holder.processStarted)
    #expect(started > before + .seconds(-1) && started < .now + .seconds(1))
    #expect(
      holder.description
        == "sleep (pid \(other.pid)), a process started \(started.brief(relativeTo: .now))")
  }

  @Test func `the note of a process that is gone is not believed`() throws {
    try path.write("4194303 killed \(Timestamp.now.nanoseconds) ")
    // Nor that of one whose number another process has now.
    for note in ["", "\(getpid()) killed 1 "] {
      if !note.isEmpty { try path.write(note) }
      let other = Background(["setlock", path.string, "sleep", "100"])
      defer { other.stop() }
      let lock = try lockedFile()
      try wait { lock.holder?.program == "sleep" }
      #expect(lock.holder?.pid == other.pid)
    }
  }

  @Test func `a lock whose taker has ended shows who still has it`() throws {
    // flock(1) takes the lock of the shell's open file, and ends.
    let other = Background([
      "sh", "-c", "exec 9>>\"$0\"; flock 9; exec sleep 100", path.string,
    ])
    defer { other.stop() }
    let lock = try lockedFile()
    try wait { lock.holder?.program == "sleep" }
    #expect(lock.holder?.pid == other.pid)
  }

  @Test func `who waits for a lock without a note is told who has it`() throws {
    let other = Background(["setlock", path.string, "sleep", "100"])
    defer { other.stop() }
    _ = try lockedFile()
    let loop = EventLoop()
    var told: FileLock.Holder?
    loop.acquire(
      try FileLock(path), as: "update-qmail",
      waiting: { holder in
        told = holder
        other.stop()
      }
    ) { error in
      #expect(error == nil)
      loop.stop()
    }
    try loop.run()
    #expect(told?.pid == other.pid)
    #expect(told?.program == "sleep")
  }

  @Test func `a note may name its holder in several words`() throws {
    let lock = try FileLock(path)
    #expect(try lock.acquireIfFree(as: "ann from 192.0.2.7"))
    #expect(try FileLock(existing: path).holder?.program == "ann from 192.0.2.7")
  }

  @Test func `a line of the kernel's list is understood`() throws {
    let held = try #require(
      KernelLocks.Line("1: FLOCK  ADVISORY  WRITE 4711 fe:00:16320067 0 EOF"))
    #expect(held.pid == 4711)
    #expect(held.inode == 16_320_067)
    for line in [
      "1: -> FLOCK  ADVISORY  WRITE 4711 fe:00:16320067 0 EOF",
      "2: POSIX  ADVISORY  WRITE 4711 fe:00:16320067 0 EOF", "3: FLOCK  ADVISORY", "",
    ] {
      #expect(KernelLocks.Line(Substring(line)) == nil)
    }
  }

  @Test func `a process is known by its number and its start`() throws {
    let own = try #require(RunningProcess(getpid()))
    #expect(own.parent == getppid())
    #expect(try RunningProcess.all().contains(own))
    let odd = RunningProcess(
      stat: Array("7 (a) R (b\u{1b}) Z 5 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 123 0".utf8))
    #expect(odd?.parent == 5)
    #expect(odd?.startTicks == 123)
    #expect(odd?.isZombie == true)
    #expect(odd?.program.contains("\u{1b}") == false)
  }
}
