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

  @Test func `what killed replacements left is removed after an hour, and nothing else`() throws {
    let directory = Scratch.directory
    let names = [
      ".list.cdb.1a2b3c4d5e6f.tmp", ".list.cdb.1a2b3c4d5e6!.tmp", ".list.cdb.tmp",
      ".other.cdb.1a2b3c4d5e6f.tmp", "list.cdb.1a2b3c4d5e6f.tmp", ".list.cdb.a00000000000.tmp",
      ".list.cdb.b00000000000.tmp",
    ]
    for name in names { try directory.appending(name).write("x") }
    for name in names where !name.contains("a00000000000") {
      try Tools.run(["touch", "-d", "61 minutes ago", directory.appending(name).string])
    }
    if getuid() == 0 { try Tools.run(["chown", "1234", directory.appending(names[6]).string]) }
    FileReplacement.removeAbandoned(of: file)
    let gone = Set(names).subtracting(try FileReading.names(in: directory).map(\.string))
    #expect(gone.subtracting(getuid() == 0 ? [] : [names[6]]) == [names[0]])
  }

  @Test func `what is left of a file whose name is not ASCII is removed as well`() throws {
    let left = Scratch.directory.appending(".сообщения.cdb.1a2b3c4d5e6f.tmp")
    try left.write("x")
    try Tools.run(["touch", "-d", "61 minutes ago", left.string])
    FileReplacement.removeAbandoned(of: Scratch.directory.appending("сообщения.cdb"))
    #expect(try FileStatus.of(left) == nil)
  }

  @Test func `a link that leads nowhere is no directory`() throws {
    let link = Scratch.directory.appending("link")
    try Tools.run(["ln", "-s", "gone", link.string])
    #expect(throws: SystemError("mkdir", link, .fileExists)) {
      try FileOperations.makeDirectory(link)
    }
  }
}
