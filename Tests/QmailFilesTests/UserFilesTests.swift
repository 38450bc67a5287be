import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite struct PasswordFileTests {
  @Test func `users are the lines with seven fields and numbers`() {
    let text =
      "root:x:0:0:root:/root:/bin/sh\n+::::::\n#c:x:1:1::/:\nshort:x:1:1\nbad:x:n:1::/:/s\n\njoe:x:500:501:Joe,,:/home/joe:/bin/sh\nnowhere:x:502:502:::"
    let file = PasswordFile(parsing: Array(text.utf8))
    #expect(file.users.map(\.line) == [1, 7, 8])
    let joe = file.user("joe".utf8)
    #expect(joe?.uid == 500 && joe?.gid == 501 && joe?.homePath == "/home/joe")
    #expect(file.user("nowhere".utf8)?.homePath == nil)
    #expect(file.user("JOE".utf8) == nil)
  }

  @Test(.scratch) func `vpopmail's home is the configured one, else its user's in the tree`() throws
  {
    let root = Scratch.directory
    try root.appending("etc/passwd").write("vpopmail:x:89:89::/home/vpopmail:/bin/sh\n")
    var layout = ServerLayout(root: Root(root))
    #expect(layout.vpopmailHome(among: try layout.readPasswordFile()) == "/home/vpopmail")
    layout.vpopmail = "/srv/vpopmail"
    #expect(layout.vpopmailHome(among: try layout.readPasswordFile()) == "/srv/vpopmail")
    #expect(ServerLayout().vpopmailHome(among: PasswordFile(parsing: [])) == nil)
  }
}

@Suite struct ShadowFileTests {
  @Test func `names, hashes and expiry are read`() {
    let text = "root:*:19000:0:99999:7:::\njoe:$6$a$b:19000:0:99999:7::20000:\n:x:\nann:!:\n"
    let entries = ShadowFile(parsing: Array(text.utf8)).entries
    #expect(entries.map { String(decoding: $0.name, as: UTF8.self) } == ["root", "joe", "ann"])
    #expect(entries.map { String(decoding: $0.hash, as: UTF8.self) } == ["*", "$6$a$b", "!"])
    #expect(entries.map(\.expiryDay) == [nil, 20000, nil])
  }
}
