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

  @Test func `a pipe that nobody reads is an error, and no death`() async {
    await #expect(processExitsWith: .exitCode(CInt(EPIPE))) {
      StandardStreams.prepare()
      var ends: [CInt] = [-1, -1]
      pipe(&ends)
      close(ends[0])
      exitWithReasonOfFailure(writingTo: ends[1])
    }
  }

  @Test func `a closed standard output is an error still, and taken by no other file`() async {
    await #expect(processExitsWith: .exitCode(CInt(EBADF))) {
      close(1)
      close(2)
      StandardStreams.prepare()
      let next = try OwnedDescriptor(opening: "/dev/null", flags: O_RDONLY)
      if next.raw > 2 { exitWithReasonOfFailure(writingTo: 1) }
    }
  }
}

/// Ends the process with the error number that writing gives.
private func exitWithReasonOfFailure(writingTo descriptor: CInt) {
  let output = StandardOutput(descriptor: descriptor)
  do throws(SystemError) {
    try output.write("x")
    try output.finish()
  } catch {
    exit(error.errno.rawValue)
  }
}
