import ArgumentParser
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import ToolSupport

@Suite struct LayoutOptionsTests {
  @Test func `without options the layout is the machine's own`() throws {
    #expect(try LayoutOptions.parse([]).layout == ServerLayout())
  }

  @Test func `each option names its part`() throws {
    let options = try LayoutOptions.parse([
      "--root", "/srv/box", "--qmail", "/opt/qmail", "--vpopmail=/home/v",
    ])
    #expect(
      options.layout
        == ServerLayout(root: Root("/srv/box"), qmail: "/opt/qmail", vpopmail: "/home/v"))
  }

  @Test func `a relative root starts from the working directory`() throws {
    let root = try LayoutOptions.parse(["--root", "box/../tree"]).layout.root
    #expect(root.directory.isAbsolute)
    #expect(root.directory.lastComponent == "tree")
  }

  @Test(arguments: [["--root", ""], ["--qmail", "var/qmail"], ["--vpopmail", "x"]])
  func `a path that means nothing is refused`(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try LayoutOptions.parse(arguments) }
  }

  @Test func `utc is asked for`() throws {
    #expect(try TimeOptions.parse([]).zone == .local)
    #expect(try TimeOptions.parse(["--utc"]).zone == .utc)
  }
}

@Suite(.scratch) struct NamedFileTests {
  @Test func `a file on the command line is the tree's where the tree has its directory`() throws {
    let root = Scratch.directory
    try root.appending("var/qmail/control/me").write("")
    let options = try LayoutOptions.parse(["--root", root.string])
    #expect(options.file("/var/qmail/control/x.cdb") == root.appending("var/qmail/control/x.cdb"))
    #expect(options.file(root.appending("x.cdb")) == root.appending("x.cdb"))
    #expect(options.file("/nowhere/in/the/tree/x.cdb") == "/nowhere/in/the/tree/x.cdb")
    #expect(options.file("x.cdb") == "x.cdb")
    #expect(try LayoutOptions.parse([]).file("/var/x.cdb") == "/var/x.cdb")
  }
}
