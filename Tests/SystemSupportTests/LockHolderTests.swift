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

  @Test func `the kernel's list tells whether a lock is held, or that it cannot`() throws {
    let lock = try FileLock(path)
    let file = try FileStatus.of(lock.descriptor)
    func line(_ device: UInt64, _ inode: UInt64) throws -> KernelLocks.Line {
      let major = device >> 8 & 0xfff | device >> 32 & ~0xfff
      let minor = device & 0xff | device >> 12 & ~0xff
      let place = "\(String(major, radix: 16)):\(String(minor, radix: 16)):\(inode)"
      return try #require(KernelLocks.Line("1: FLOCK  ADVISORY  WRITE 1 \(place) 0 EOF"))
    }
    func answer(_ lines: KernelLocks.Line..., isWhole: Bool = true) -> Bool? {
      KernelLocks.isHeld(file, by: lines, isWholeList: isWhole)
    }
    let own = try line(file.device, file.inode)
    #expect(own.device == file.device)
    #expect(answer(own) == true)
    #expect(answer(own, isWhole: false) == true)
    #expect(answer(try line(file.device, file.inode + 1)) == false)
    #expect(answer(try line(file.device, file.inode + 1), isWhole: false) == nil)
    #expect(answer(try line(file.device ^ 1, file.inode)) == nil)
    #expect(answer(try line(file.device ^ 1, file.inode), own) == true)
  }

  /// A look is no moment in which a pass, or `setlock -n`, finds the lock held.
  @Test(.enabled(if: LockHolderTests.isInFirstNamespace))
  func `a look at a lock never takes it`() throws {
    let lock = try FileLock(path)
    #expect(try lock.acquireIfFree(as: "test"))
    try #require(KernelLocks.isHeld(try FileStatus.of(lock.descriptor)) == true)
    lock.release()
    let loop = EventLoop()
    let looks = try loop.fork(timeout: .seconds(30)) { [path] in
      let look = try FileLock(existing: path)
      while true { _ = look.isFree }
    } _: { _ in
      loop.stop()
    }
    for number in 0..<5000 {
      guard try lock.acquireIfFree(as: "test") else {
        Issue.record("it was held at take \(number)")
        break
      }
      lock.release()
    }
    looks.stop()
    try loop.run()
  }

  static let isInFirstNamespace =
    (try? FileStatus.of("/proc/self/ns/pid"))?.inode == 0xefff_fffc

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
