import Glibc
import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import struct Supervision.SuperviseFiles

@Suite(.timeLimit(.minutes(3)), .scratch) struct SuperviseFilesTests {
  /// Looks with svstat and by ourselves, within one second of the clock, and compares all that both
  /// can tell.
  @discardableResult
  func compare(_ service: FilePath, _ location: SourceLocation = #_sourceLocation) throws
    -> ServiceStatus
  {
    var triesLeft = 3
    while true {
      let before = ServiceStatus.read(serviceDirectory: service)
      let line = try Tools.run(["svstat", service.string]).text
      let after = ServiceStatus.read(serviceDirectory: service)
      guard before == after else { continue }
      // svstat's clock, time(2), begins a second up to a tick later than ours: what differs for that
      // does not differ again.
      triesLeft -= 1
      if "\(service): \(before)" != line, triesLeft > 0 { continue }
      #expect("\(service): \(before)" == line, sourceLocation: location)
      let parsed = ServiceStatus.parse(svstatLine: line)
      #expect(parsed.state == before.state, sourceLocation: location)
      #expect(parsed.isNormallyUp == before.isNormallyUp, sourceLocation: location)
      #expect(parsed.isPaused == before.isPaused, sourceLocation: location)
      return before
    }
  }

  @Test func `every state of a real service is told in svstat's words`() throws {
    let sandbox = try ServiceSandbox()
    let up = try sandbox.add("up", run: "exec sleep 1000")
    let normallyDown = try sandbox.add("normally-down", run: "exec sleep 2", isNormallyUp: false)
    let stubborn = try sandbox.add("stubborn", run: "trap '' TERM; while :; do sleep 1; done")
    let paused = try sandbox.add("paused", run: "exec sleep 1000")
    try sandbox.start()

    let pid = try sandbox.waitUntilUp(up)
    let first = try compare(up)
    #expect(first.pid == pid)
    #expect(first.want == .up)
    #expect(first.isNormallyUp)
    #expect(first.since.map { $0 <= .now } == true)

    try sandbox.wait(normallyDown) { $0.hasPrefix("down") }
    #expect(try compare(normallyDown).state == .down)
    #expect(try compare(normallyDown).isNormallyUp == false)

    try sandbox.waitUntilUp(paused)
    try sandbox.control("p", paused)
    try sandbox.waitUntilUp(stubborn)
    try sandbox.control("pd", stubborn)
    try sandbox.wait(paused) { $0.hasSuffix("paused") }
    #expect(try compare(paused).isPaused)
    try sandbox.wait(stubborn) { $0.hasSuffix("want down") }
    #expect(try compare(stubborn).want == .down)
    try sandbox.control("o", normallyDown)
    try sandbox.wait(normallyDown) { $0.hasPrefix("up") && $0.hasSuffix("normally down") }
    #expect(try compare(normallyDown).want == .once)

    try sandbox.control("d", up)
    try sandbox.wait(up) { $0.hasPrefix("down") }
    #expect(try compare(up).want == .down)
    try sandbox.wait(normallyDown) { $0.hasPrefix("down") }
    #expect(try compare(normallyDown).state == .down)
  }

  @Test func `a supervise that ended leaves a status that nobody trusts`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("gone", run: "exec sleep 1000")
    try sandbox.start()
    try sandbox.waitUntilUp(service)
    sandbox.stop()
    #expect(try compare(service).state == .notSupervised(reason: "supervise not running"))
    #expect(try FileStatus.of(service.appending("supervise/status"))?.size == 18)
  }

  @Test func `what stands in the way is told as svstat tells it`() throws {
    let root = Scratch.directory
    #expect(try !compare(root.appending("absent")).isSupervised)
    try root.appending("file").write("")
    try compare(root.appending("file"))
    try compare(root.appending("file/below"))

    let fresh = root.appending("fresh")
    try FileOperations.makeDirectory(fresh)
    #expect(
      try compare(fresh).state
        == .notSupervised(reason: "unable to open supervise/ok: file does not exist"))

    let loop = root.appending("loop")
    try FileOperations.makeDirectory(loop)
    symlink("down", loop.appending("down").string)
    try compare(loop)

    symlink("self", root.appending("self").string)
    try compare(root.appending("self"))
  }

  @Test(arguments: [0, 17, 18, 40])
  func `a status file that is too short is no status`(size: Int) throws {
    let service = Scratch.directory.appending("forged")
    try service.appending("supervise/status").write([UInt8](repeating: 64, count: size))
    let ok = service.appending("supervise/ok")
    mkfifo(ok.string, 0o600)
    let reader = try OwnedDescriptor(opening: ok, flags: O_RDONLY | O_NONBLOCK)
    let status = ServiceStatus.read(serviceDirectory: service)
    if size < 18 {
      try compare(service)
      #expect(
        status.state == .unavailable(reason: "unable to read supervise/status: bad format"))
    } else {
      // The stamp is no time: svstat makes something up, we say that we do not know.
      #expect(status.pid == 0x4040_4040)
      #expect(status.since == nil)
    }
    _ = reader.raw
  }

  @Test func `a stamp in the future is no negative age`() throws {
    let service = Scratch.directory.appending("future")
    let stamp = TAI64N(.now + .seconds(5000))
    var bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: stamp.seconds >> ($0 * 8)) }
    bytes += [0, 0, 0, 0, 0x99, 0x32, 0, 0, 0, UInt8(ascii: "u")]
    try service.appending("supervise/status").write(bytes)
    mkfifo(service.appending("supervise/ok").string, 0o600)
    let reader = try OwnedDescriptor(
      opening: service.appending("supervise/ok"), flags: O_RDONLY | O_NONBLOCK)
    #expect(try compare(service).description == "up (pid 12953) 0 seconds")
    _ = reader.raw
  }

  @Test(arguments: [
    (UInt8(0), ServiceStatus.Phase.stopped), (3, .running), (5, .failed), (9, .unknown),
  ])
  func `encore's longer status tells its phase`(byte: UInt8, phase: ServiceStatus.Phase) throws {
    let stamp: [UInt8] = [0x40, 0, 0, 0, 0x6b, 0x04, 0x5b, 0xc2, 0x1c, 0x80, 0x55, 0x54]
    let bytes = stamp + [0x99, 0x32, 0, 0, 0, 0, byte, 0] + [UInt8](repeating: 7, count: 20)
    let now = Timestamp(seconds: 0x6b04_5bc2 - 10 + 31, nanoseconds: 0)
    let status = try #require(SuperviseFiles.unpack(bytes, isNormallyUp: true, at: now))
    #expect(
      status.description == "up (pid 12953) 31 seconds, once, "
        + (phase == .unknown ? "status unknown" : "\(phase)"))
    #expect(status.phase == phase)
  }

  @Test(.enabled(if: getuid() == 0, "only root can become somebody else"))
  func `a service that is forbidden is not taken for one that is absent`() throws {
    let sandbox = try ServiceSandbox()
    let service = try sandbox.add("private", run: "exec sleep 1000")
    try sandbox.start()
    try sandbox.waitUntilUp(service)
    let closed = Scratch.directory.appending("closed")
    try FileOperations.makeDirectory(closed, mode: 0o700)
    // A child gives up its rights; the test itself keeps them.
    for path in [service, closed] {
      let line = try Tools.run(["setuidgid", "nobody", "svstat", path.string]).text
      let status = try asNobody { ServiceStatus.read(serviceDirectory: path) }
      #expect(line == "\(path): \(status)")
      #expect(line.hasSuffix("access denied"))
    }
  }

  /// Looks with the file rights of nobody: they belong to a thread, so no other test loses its own.
  func asNobody<Value>(_ body: () -> Value) throws -> Value {
    // Swift's Glibc module lacks setfsuid(2).
    typealias SetFileUser = @convention(c) (uid_t) -> CInt
    let setFileUser = unsafeBitCast(
      try #require(dlsym(nil, "setfsuid")), to: SetFileUser.self)
    _ = setFileUser(65534)
    defer { _ = setFileUser(0) }
    return body()
  }
}
