import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Triggers

@Suite(.scratch, .timeLimit(.minutes(1))) struct FileWatchTests {
  var control: FilePath { Scratch.directory.appending("control") }
  var locals: FilePath { control.appending("locals") }

  // MARK: Habits of editors and tools

  static let edits: [String] = [
    "echo b >> locals",
    "echo b > locals",
    "sed -i s/a/b/ locals",
    "cp other locals",
    "cp -p older locals",
    "mv other locals",
    "mv older locals",
    "cp other new && mv new locals",
    "rm locals && echo b > locals",
    "rm locals",
    "mv locals away",
    "printf '%s\\n' 1c b . w q | ed -s locals",
    "vim.tiny -es -u NONE -c 'normal cwb' -c wq locals",
    "vim.tiny -es -u NONE -c 'set backup backupcopy=no' -c 'normal cwb' -c wq locals",
    "vim.tiny -es -u NONE -c 'set backupcopy=yes' -c 'normal cwb' -c wq locals",
    "(umask 077; echo b > locals.123) && mv locals.123 locals && chmod 644 locals",
    "chmod 600 locals",
    "touch locals",
    "ln -f other locals",
    "ln -sf other locals",
    "truncate -s 0 locals",
    "dd if=other of=locals conv=notrunc 2>/dev/null",
    "install -m 644 other locals",
    "tee locals < other > /dev/null",
  ]

  @Test(arguments: edits) func `every way to change a file is seen`(edit: String) throws {
    try locals.write("a\n")
    try control.appending("other").write("b\n")
    try control.appending("older").write("c\n")
    utimes(control.appending("older"), to: 1_000_000_000)
    let harness = WatchHarness()
    harness.update(files: [locals])
    #expect(try harness.reports(of: edit, in: control) == [locals])
    // The next change is seen as well: no watch was on the file that is gone now.
    #expect(try harness.reports(of: "echo z >> locals", in: control) == [locals])
  }

  @Test func `after a rename into place the later chmod is seen: the reports end with it`() throws {
    try locals.write("a\n")
    let harness = WatchHarness()
    harness.update(files: [locals])
    _ = try harness.reports(of: "(umask 077; echo b > t.1) && mv t.1 locals", in: control)
    #expect(try harness.reports(of: "chmod 644 locals", in: control) == [locals])
  }

  @Test func `a file that does not exist yet is seen when it comes`() throws {
    try FileOperations.makeDirectory(control)
    let harness = WatchHarness()
    harness.update(files: [locals])
    #expect(try harness.reports(of: "echo a > locals", in: control) == [locals])
  }

  @Test func `a plain file that is being written is reported when it is closed`() throws {
    try FileOperations.makeDirectory(control)
    let harness = WatchHarness()
    harness.update(files: [locals])
    var file: OwnedDescriptor?
    #expect(
      try harness.reports {
        file = try OwnedDescriptor(opening: locals, flags: O_WRONLY | O_CREAT, mode: 0o644)
        try file?.write(Array("half".utf8))
      } == [])
    #expect(try harness.reports { file = nil } == [locals])
  }

  @Test func `other files of the directory are not reported, nor is reading`() throws {
    try locals.write("a\n")
    let harness = WatchHarness()
    harness.update(files: [locals])
    let quiet = "cat locals; ls -l . >/dev/null; echo x > other; mv other more; rm more; mkdir d"
    #expect(try harness.reports(of: quiet, in: control) == [])
  }

  // MARK: Whole directories

  @Test func `every name in a whole directory counts unless it is noise or ignored`() throws {
    try locals.write("a\n")
    let harness = WatchHarness()
    harness.update(directories: [control], ignoring: [control.appending("tcp.cdb")])
    let noise = """
      touch tcp.cdb a.tmp a.lock vpasswd.4711 .dir-control .dir-control.12 lastauth a~ .a.swp .a.swo \
        4913 '#a#' && ln -s x .#a && rm a.tmp .a.swp && mv a~ b~
      """
    #expect(try harness.reports(of: noise, in: control) == [])
    let names = ["one", "two", "three", "link", ".qmail-x", "a.b", "sub"]
    #expect(
      try harness.reports(
        of: """
          touch one .qmail-x; mv locals two; ln one three; ln -s nowhere link; : > a.b; mkdir sub
          """, in: control) == Set(names.map { control.appending($0) } + [locals]))
    #expect(try harness.reports(of: "rm link; rmdir sub", in: control).count == 2)
  }

  @Test func `noise is heard when it is a file of interest by its exact name`() throws {
    let file = control.appending("list.tmp")
    try file.write("a\n")
    let harness = WatchHarness()
    harness.update(files: [file], directories: [control])
    #expect(
      try harness.reports(of: "echo b > list.tmp; echo c > other.tmp", in: control) == [file])
  }

  // MARK: Directories that come and go

  @Test func `a missing directory is waited for from its nearest ancestor`() throws {
    let deep = Scratch.directory.appending("a/b/c")
    let harness = WatchHarness()
    harness.update(files: [deep.appending("file")], directories: [deep])
    let files: Set = [deep.appending("file"), deep]
    #expect(try harness.reports(of: "mkdir a", in: Scratch.directory) == files)
    #expect(try harness.reports(of: "mkdir -p a/b/c", in: Scratch.directory) == files)
    #expect(
      try harness.reports(of: "echo x > a/b/c/file", in: Scratch.directory).isSuperset(
        of: [deep.appending("file")]))
  }

  @Test func `a directory that is there at once with its file is seen`() throws {
    let file = Scratch.directory.appending("a/b/c/file")
    let harness = WatchHarness()
    harness.update(files: [file])
    #expect(
      try harness.reports(of: "mkdir -p a/b/c; echo x > a/b/c/file", in: Scratch.directory)
        .contains(file))
    #expect(try harness.reports(of: "echo y >> a/b/c/file", in: Scratch.directory) == [file])
  }

  static let removals = [
    "rm -r control && mkdir control",
    "mv control gone && mkdir control",
    "mkdir new && mv control gone && mv new control",
    "mkdir new && mv -T --exchange control new 2>/dev/null || mv control x && mkdir control",
  ]

  @Test(arguments: removals) func `a directory that is replaced is watched again`(
    command: String
  ) throws {
    try locals.write("a\n")
    let harness = WatchHarness()
    harness.update(files: [locals])
    #expect(try harness.reports(of: command, in: Scratch.directory) == [locals])
    #expect(try harness.reports(of: "echo b > locals", in: control) == [locals])
    #expect(try harness.reports(of: "rm locals", in: control) == [locals])
  }

  @Test func `a parent that is replaced is noticed, and what is in the new one watched`() throws {
    let root = Scratch.directory
    try root.appending("qmail/control/locals").write("a\n")
    let file = root.appending("qmail/control/locals")
    let harness = WatchHarness()
    harness.update(files: [file])
    _ = try harness.reports(of: "cp -r qmail new && mv qmail old && mv new qmail", in: root)
    #expect(harness.overflows >= 1)
    #expect(try harness.reports(of: "echo b > qmail/control/locals", in: root) == [file])
    #expect(try harness.reports(of: "echo b > old/control/locals", in: root) == [])
  }

  // MARK: Links

  @Test func `a linked file is seen where it really is, through every link`() throws {
    let real = Scratch.directory.appending("data/v1/list")
    try real.write("a\n")
    try FileOperations.makeDirectory(control)
    symlink("v1", Scratch.directory.appending("data/current").string)
    symlink("../data/current/list", locals.string)
    let harness = WatchHarness()
    harness.update(files: [locals])
    let data = Scratch.directory.appending("data")
    #expect(try harness.reports(of: "echo b > v1/list", in: data) == [locals])
    // Another directory behind the link.
    #expect(
      try harness.reports(of: "cp -r v1 v2 && ln -sfn v2 current", in: data) == [locals])
    #expect(try harness.reports(of: "echo c > v2/list", in: data) == [locals])
    #expect(try harness.reports(of: "echo c > v1/list", in: data) == [])
    // Another link, and then a plain file.
    #expect(try harness.reports(of: "ln -sf ../data/v1/list locals", in: control) == [locals])
    #expect(try harness.reports(of: "echo d > v1/list", in: data) == [locals])
    #expect(try harness.reports(of: "echo e > new && mv new locals", in: control) == [locals])
    #expect(try harness.reports(of: "echo f > v1/list", in: data) == [])
  }

  @Test func `a plain file that a link replaces is followed`() throws {
    try locals.write("a\n")
    let data = Scratch.directory.appending("data")
    try data.appending("list").write("b\n")
    let harness = WatchHarness()
    harness.update(files: [locals])
    #expect(try harness.reports(of: "ln -sf ../data/list locals", in: control) == [locals])
    #expect(try harness.reports(of: "echo c > list", in: data) == [locals])
  }

  @Test func `links in a circle are no hang`() throws {
    try FileOperations.makeDirectory(control)
    symlink("other", locals.string)
    symlink("locals", control.appending("other").string)
    let harness = WatchHarness()
    harness.update(files: [locals])
    #expect(try harness.reports(of: "rm other && echo a > other", in: control) == [locals])
  }

  // MARK: The kernel's limits

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

  private func utimes(_ path: FilePath, to second: Int) {
    let times = [timespec(tv_sec: second, tv_nsec: 0), timespec(tv_sec: second, tv_nsec: 0)]
    _ = path.withPlatformString { utimensat(AT_FDCWD, $0, times, 0) }
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
