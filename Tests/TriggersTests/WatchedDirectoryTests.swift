import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Triggers

/// Whole directories, those that come and go, and links that lead elsewhere.
@Suite(.scratch, .timeLimit(.minutes(1))) struct WatchedDirectoryTests {
  var control: FilePath { Scratch.directory.appending("control") }
  var locals: FilePath { control.appending("locals") }

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
}
