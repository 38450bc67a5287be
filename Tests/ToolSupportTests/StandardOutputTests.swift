import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import ToolSupport

@Suite(.scratch) struct StandardOutputTests {
  @Test func `all that is written arrives in order, whatever the buffer's size`() throws {
    let path = Scratch.directory.appending("out")
    let file = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_CREAT, mode: 0o600)
    let output = StandardOutput(descriptor: file.raw, capacity: 7)
    let lines = (0..<100).map { "line \($0)\n" }
    for line in lines { try output.write(line) }
    try output.finish()
    #expect(try path.text == lines.joined())
  }

  @Test func `a full disk is an error`() throws {
    let full = try OwnedDescriptor(opening: "/dev/full", flags: O_WRONLY)
    let output = StandardOutput(descriptor: full.raw)
    try output.write("x")
    #expect(throws: SystemError("write", "standard output", .noSpace)) { try output.finish() }
  }

  @Test func `a pipe that nobody reads is an error, and no death`() throws {
    StandardStreams.prepare()
    var ends: [CInt] = [-1, -1]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    let writer = OwnedDescriptor(owning: ends[1])
    let output = StandardOutput(descriptor: writer.raw)
    try output.write("x")
    #expect(throws: SystemError("write", "standard output", .brokenPipe)) { try output.finish() }
  }

  @Test func `a closed standard output is an error still, and taken by no other file`() throws {
    let tool = try Tools.own("update-qmail")
    let result = try Tools.run(["sh", "-c", #"exec "$0" --version >&-"#, tool])
    #expect(result.code == 111)
    #expect(result.text.contains("unable to write standard output"))
  }
}
