import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Triggers

/// What a watch does when the kernel grants no more, and what it costs.
@Suite(.scratch, .timeLimit(.minutes(1))) struct WatchLimitTests {
  var control: FilePath { Scratch.directory.appending("control") }
  var locals: FilePath { control.appending("locals") }

  @Test func `an overflowed queue asks for a survey, at most one in a pause`() throws {
    try locals.write("a\n")
    let limit = FilePath("/proc/sys/fs/inotify/max_queued_events")
    let usual = try limit.systemText
    var settings = FileWatch.Settings()
    settings.surveyPause = .milliseconds(400)
    let harness = WatchHarness(settings: settings)
    guard (try? limit.writeSystem("4")) != nil else { try Test.cancel("the limit is fixed here") }
    harness.update(files: [locals])
    try limit.writeSystem(usual)
    let start = Instant.now
    for _ in 0..<20 {
      _ = try harness.reports(
        of: "for i in 1 2 3 4 5 6 7 8; do touch locals other; done", in: control)
    }
    let surveys = harness.overflows
    #expect(surveys >= 1)
    #expect(surveys <= 1 + Int((Instant.now - start).seconds / 0.4))
    #expect(try harness.run { harness.overflows > 0 })
    #expect(try harness.reports(of: "echo x > locals", in: control) == [locals])
  }

  @Test func `without watches directories are looked at in turns, and the log says so once`()
    throws
  {
    try locals.write("a\n")
    var isUsedUp = true
    var settings = FileWatch.Settings()
    settings.pollInterval = .milliseconds(50)
    let control = control
    let harness = WatchHarness(settings: settings) { inotify, path, mask throws(SystemError) in
      if isUsedUp, path == control { throw SystemError("watch", path, .noSpace) }
      return try inotify.add(path, for: mask)
    }
    harness.update(files: [locals])
    #expect(harness.watch?.polledCount == 1)
    #expect(try harness.run { harness.overflows >= 3 })
    #expect(
      harness.lines == [
        "warning: inotify watches are used up (fs.inotify.max_user_watches): "
          + "1 directories are looked at every 0.05 s instead"
      ])
    isUsedUp = false
    #expect(try harness.run { harness.watch?.polledCount == 0 })
    #expect(harness.lines.last == "all directories are watched again")
    let surveys = harness.overflows
    #expect(try harness.reports(of: "echo b > locals", in: control) == [locals])
    #expect(try !harness.run(atMost: .milliseconds(200)) { harness.overflows > surveys + 1 })
  }

  @Test func `the kernel's own limit leaves directories to be looked at`() throws {
    // A user namespace has a limit of its own; the limit of the machine is left alone.
    let result = try Tools.run(
      [
        "unshare", "-Ur", "sh", "-c",
        "echo 4 > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh",
        Tools.own("qmail-updaterPackageTests.xctest"), "--testing-library", "swift-testing",
        "--filter", "FewWatchesTests",
      ], environment: [FewWatchesTests.variable: "4"])
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("the rest polled\" passed"))
  }

  // MARK: Cost

  @Test func `an unchanged set asks the kernel for nothing, a changed one only for what is new`()
    throws
  {
    try locals.write("a\n")
    var calls = 0
    let harness = WatchHarness { inotify, path, mask throws(SystemError) in
      calls += 1
      return try inotify.add(path, for: mask)
    }
    #expect(harness.update(files: [locals]))
    let first = calls
    #expect(!harness.update(files: [locals]))
    #expect(calls == first)
    #expect(!harness.update(files: [locals, control.appending("me")]))
    #expect(calls == first)
    try FileOperations.makeDirectory(Scratch.directory.appending("users"))
    let assign = Scratch.directory.appending("users/assign")
    #expect(harness.update(files: [locals, assign]))
    #expect(calls == first + 1)
    let both = harness.watch?.watchedCount ?? 0
    harness.update(files: [assign])
    #expect(harness.watch?.watchedCount == both - 1)
    #expect(try harness.reports(of: "echo b > locals", in: control) == [])
    harness.update()
    #expect(harness.watch?.watchedCount == 0)
  }

  @Test func `asleep it does not wake`() throws {
    try locals.write("a\n")
    let harness = WatchHarness()
    harness.update(files: [locals], directories: [control])
    _ = try harness.reports(of: "echo b > locals", in: control)
    let turns = harness.turns
    try harness.run(atMost: .seconds(1)) { false }
    #expect(harness.turns == turns + 1)
  }
}

/// Runs only where the kernel grants few watches: see the test of the kernel's own limit.
@Suite(.scratch) struct FewWatchesTests {
  static let variable = "QMAIL_UPDATER_TEST_WATCHES"

  @Test(.enabled(if: getenv(variable) != nil))
  func `some directories are watched, the rest polled`()
    throws
  {
    let directories = (1...20).map { Scratch.directory.appending("d\($0)") }
    for directory in directories { try FileOperations.makeDirectory(directory) }
    let harness = WatchHarness()
    harness.update(directories: Set(directories))
    #expect(harness.watch?.watchedCount == 4)
    #expect((harness.watch?.polledCount ?? 0) >= 16)
    #expect(harness.lines.count == 1)
    #expect(harness.lines.first?.contains("fs.inotify.max_user_watches") == true)
  }
}

extension FilePath {
  /// The text of a file of the kernel, which has no size.
  fileprivate var systemText: String {
    get throws {
      let file = try OwnedDescriptor(opening: self, flags: O_RDONLY)
      return String(decoding: try file.read(upTo: 4096) ?? [], as: UTF8.self)
    }
  }

  fileprivate func writeSystem(_ text: String) throws {
    try OwnedDescriptor(opening: self, flags: O_WRONLY).write(Array(text.utf8))
  }
}
