import SystemPackage
import TestSupport
import Testing

@testable import SystemSupport

/// Files that get their name when they are finished.
@Suite(.scratch) struct UnnamedFileTests {
  let path = Scratch.directory.appending("file")

  private var names: [String] {
    get throws { try FileReading.names(in: Scratch.directory).map(\.string) }
  }

  @Test func `nobody finds the file before it has a name`() throws {
    let file = try UnnamedFile(for: path, mode: 0o640)
    try file.descriptor.write(Array("whole".utf8), subject: "")
    #expect(!file.isNamed)
    #expect(try names == [])
    try file.name(path)
    #expect(file.isNamed)
    #expect(try path.text == "whole")
    #expect(try FileStatus.of(path)?.mode == 0o640)
  }

  @Test func `a file that is dropped before leaves nothing`() throws {
    do { _ = try UnnamedFile(for: path) }
    #expect(try names == [])
  }

  @Test func `a name that is taken is left to its file`() throws {
    try path.write("theirs")
    let file = try UnnamedFile(for: path)
    #expect(throws: SystemError("link", path, .fileExists)) { try file.name(path) }
    #expect(!file.isNamed)
    #expect(try path.text == "theirs")
  }

  @Test func `a directory that is not there is told`() {
    let path = path.appending("file")
    #expect(throws: SystemError("open", path.parent, .noSuchFileOrDirectory)) {
      try UnnamedFile(for: path)
    }
  }

  @Test func `where files must have names it is created with one`() {
    // No file system that can be written to is at hand: this one refuses that, too.
    #expect(throws: SystemError("open", "/proc/file", .noSuchFileOrDirectory)) {
      try UnnamedFile(for: "/proc/file")
    }
  }
}
