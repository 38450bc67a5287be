import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Triggers

/// What a watch on single files reports, whatever the habits of editors and tools.
@Suite(.scratch, .timeLimit(.minutes(1))) struct FileWatchTests {
  var control: FilePath { Scratch.directory.appending("control") }
  var locals: FilePath { control.appending("locals") }

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

  /// The last of its names says nothing of how it got there.
  @Test(arguments: [true, false])
  func `a file that was linked into place is seen, though nobody closes it`(isNamed: Bool) throws {
    try control.appending("other").write("b\n")
    var settings = FileWatch.Settings()
    settings.patience = .milliseconds(100)
    let harness = WatchHarness(settings: settings)
    harness.update(
      files: isNamed ? [locals] : [], directories: isNamed ? [] : [control],
      ignoring: [control.appending("t.1")])
    #expect(
      try harness.reports(of: "echo a > t.1 && ln t.1 locals && rm t.1", in: control) == [])
    #expect(try harness.run { !harness.changed.isEmpty })
    #expect(harness.changed == [locals])
    // One that is written to is left alone until it is closed, and then nothing is owed.
    try FileOperations.remove(locals)
    var file: OwnedDescriptor?
    _ = try harness.reports {
      file = try OwnedDescriptor(opening: locals, flags: O_WRONLY | O_CREAT, mode: 0o644)
    }
    for _ in 0..<10 {
      #expect(
        try harness.reports { try file?.write(Array("more".utf8)) } == [])
    }
    #expect(try harness.reports { file = nil } == [locals])
    let turns = harness.turns
    #expect(try harness.reports { try harness.run(for: .milliseconds(300)) } == [])
    #expect(harness.turns - turns <= 2)
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

  private func utimes(_ path: FilePath, to second: Int) {
    let times = [timespec(tv_sec: second, tv_nsec: 0), timespec(tv_sec: second, tv_nsec: 0)]
    _ = path.withPlatformString { utimensat(AT_FDCWD, $0, times, 0) }
  }
}
