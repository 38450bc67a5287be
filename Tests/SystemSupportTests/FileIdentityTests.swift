import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct FileIdentityTests {
  let path = Scratch.directory.appending("file")

  @Test func `a path and the open file tell the same`() throws {
    try path.write("four")
    let file = try FileReading.open(path, followingLinks: false)
    let found = try #require(try FileIdentity.of(path))
    let status = try #require(try FileStatus.of(path))
    #expect(try FileIdentity.of(file) == found.identity)
    #expect(found.identity.device == status.device && found.identity.inode == status.inode)
    #expect(found.size == 4)
    #expect(try FileIdentity.of(Scratch.directory.appending("none")) == nil)
  }

  @Test func `growing, a rename and another mode leave it the same file`() throws {
    try path.write("one")
    let before = try FileIdentity.of(path)?.identity
    let later = Scratch.directory.appending("later")
    try Tools.run(
      ["sh", "-c", "echo two >>$1; chmod 600 $1; mv $1 $2", "sh", path.string, later.string])
    let after = try FileIdentity.of(later)?.identity
    #expect(before != nil && after == before)
  }

  @Test func `a number that another file has got is told by its birth`() {
    let old = FileIdentity(device: 1, inode: 2, birth: Timestamp(nanoseconds: 10))
    let new = FileIdentity(device: 1, inode: 2, birth: Timestamp(nanoseconds: 11))
    let unknown = FileIdentity(device: 1, inode: 2)
    #expect(old.isSame(as: old) && !old.isSame(as: new))
    #expect(old.isSame(as: unknown) && unknown.isSame(as: new))
    #expect(!unknown.isSame(as: FileIdentity(device: 1, inode: 3)))
    #expect(!unknown.isSame(as: FileIdentity(device: 2, inode: 2)))
  }
}

@Suite(.scratch) struct FreeNameTests {
  let old = Scratch.directory.appending("old")
  let new = Scratch.directory.appending("new")

  @Test func `a file is renamed to a free name, and never over another file`() throws {
    try old.write("ours")
    try FileOperations.rename(old, toFree: new)
    #expect(try new.text == "ours")
    try old.write("more")
    let error = #expect(throws: SystemError.self) {
      try FileOperations.rename(old, toFree: new)
    }
    #expect(error?.errno == .fileExists)
    #expect(try old.text == "more" && new.text == "ours")
  }
}
