import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct FileNamesTests {
  @Test func `a bare name lies in the working directory`() {
    #expect(FilePath("/etc/aliases").parent == "/etc")
    #expect(FilePath("aliases").parent == ".")
    #expect(FilePath("/").parent == "/")
  }

  @Test func `two temporary names beside a file differ`() {
    let path: FilePath = "/etc/tcp.smtp"
    #expect(path.temporarySibling != path.temporarySibling)
    #expect(path.temporarySibling.parent == "/etc")
    #expect(path.temporarySibling.string.hasPrefix("/etc/.tcp.smtp."))
  }

  @Test func `a link says where it leads, though nothing is there`() throws {
    let link = Scratch.directory.appending("link")
    try Tools.run(["ln", "-s", "../gone/away", link.string])
    #expect(try FileReading.target(of: link) == "../gone/away")
    try link.parent.appending("plain").write("")
    #expect(throws: SystemError.self) {
      try FileReading.target(of: link.parent.appending("plain"))
    }
  }
}
