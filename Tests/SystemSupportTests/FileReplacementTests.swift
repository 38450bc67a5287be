import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct FileReplacementTests {
  var file: FilePath { Scratch.directory.appending("list.cdb") }

  @Test func `a new file gets the mode asked for`() throws {
    try FileReplacement.write([1, 2], to: file, mode: 0o640)
    let status = try #require(try FileStatus.of(file))
    #expect(status.mode == 0o640)
    #expect(try FileReading.contents(of: file) == [1, 2])
  }

  @Test func `owner and mode of the old file survive`() throws {
    try file.write("old", mode: 0o604)
    if getuid() == 0 {
      _ = file.withPlatformString { chown($0, 1234, 2345) }
    }
    try FileReplacement.write(Array("new".utf8), to: file, mode: 0o640)
    let status = try #require(try FileStatus.of(file))
    #expect(status.mode == 0o604)
    #expect(getuid() != 0 || (status.owner == 1234 && status.group == 2345))
    #expect(try file.text == "new")
  }

  @Test func `a replacement that is dropped leaves nothing`() throws {
    try file.write("old")
    do {
      let replacement = try FileReplacement(replacing: file)
      try replacement.descriptor.write([9])
      #expect(try FileReading.names(in: Scratch.directory).count == 2)
    }
    #expect(try FileReading.names(in: Scratch.directory) == ["list.cdb"])
    #expect(try file.text == "old")
  }
}
