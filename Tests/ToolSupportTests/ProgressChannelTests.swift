import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import ToolSupport

@Suite(.scratch) struct ProgressChannelTests {
  private let start = Instant(nanoseconds: 1_000_000_000)

  private func pipe() throws -> (reader: OwnedDescriptor, writer: OwnedDescriptor) {
    var ends: [CInt] = [-1, -1]
    try #require(Glibc.pipe(&ends) == 0)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (OwnedDescriptor(owning: ends[0]), OwnedDescriptor(owning: ends[1]))
  }

  @Test func `reports come after a quarter of a second, and five times a second`() throws {
    let (reader, writer) = try pipe()
    var channel = try #require(ProgressChannel("\(writer.raw)", at: start))
    for step in 0...100 {
      channel.report(
        Progress(done: step, total: 100, unit: "x"), at: start + .milliseconds(10 * step))
    }
    let text = String(decoding: try #require(try reader.read(upTo: 1000)), as: UTF8.self)
    #expect(text == "25 100 x\n45 100 x\n65 100 x\n85 100 x\n")
  }

  @Test func `nobody waits for a reader who does not read`() throws {
    let (reader, writer) = try pipe()
    var channel = try #require(ProgressChannel("\(writer.raw)", at: start))
    for step in 0..<20_000 {
      channel.report(
        Progress(done: step, total: 20_000, unit: "x"), at: start + .seconds(step + 1))
    }
    #expect(try reader.read(upTo: 1 << 20)?.isEmpty == false)
  }

  @Test(arguments: ["", "x", "1", "-1", "99999"])
  func `what is no descriptor of a pipe is not written to`(number: String) {
    #expect(ProgressChannel(number, at: start) == nil)
  }

  @Test func `a file is not written to`() throws {
    let file = try OwnedDescriptor(
      opening: Scratch.directory.appending("x"), flags: O_RDWR | O_CREAT, mode: 0o600)
    #expect(ProgressChannel("\(file.raw)", at: start) == nil)
  }
}
