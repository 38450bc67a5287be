import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite struct DotQmailNameTests {
  @Test(
    arguments: [
      (".qmail-info", "-", "info"), (".qmail-first:last", "-", "first.last"),
      (".qmail-A-b", "-", "a-b"), (".qmail-shop-sales", "-shop-", "sales"),
      (".qmail-a:b-c", "-a.b-", "c"), (".qmail-default", "-", "default"), (".qmail", "-", nil),
      (".qmail-", "-", nil), (".qmail-shop", "-shop-", nil), (".qmail-shop-", "-shop-", nil),
      (".qmailx", "-", nil), ("qmail-info", "-", nil), (".qmailinfo", "", "info"),
      (".qmail-x\nroot@a.example", "-", nil),
    ] as [(String, String, String?)])
  func `a name stands for the rest of an address`(name: String, prefix: String, rest: String?) {
    let address = DotQmailName.address(of: Array(name.utf8), after: Array(prefix.utf8))
    #expect(address == rest.map { Array($0.utf8) })
  }

  @Test(
    arguments: [
      ("-", [".qmail-default"]), ("-a-", [".qmail-a-default", ".qmail-default"]),
      ("-a.x-b-", [".qmail-a:x-b-default", ".qmail-a:x-default", ".qmail-default"]), ("", []),
    ])
  func `the nearest default file comes first`(prefix: String, names: [String]) {
    #expect(DotQmailName.defaults(below: Array(prefix.utf8)) == names.map { Array($0.utf8) })
  }
}

@Suite struct DotQmailTests {
  @Test(
    arguments: [
      ("| /home/vpopmail/bin/vdelivermail '' bounce-no-mailbox\n", .vpopmailBouncing),
      ("| /home/vpopmail/bin/vdelivermail '' delete", .vpopmailTaking),
      ("|vdelivermail '' /home/vpopmail/domains/d/postmaster\n", .vpopmailTaking),
      ("# | vdelivermail '' bounce-no-mailbox\n./Maildir/\n", .other), ("", .other),
      ("&someone@example.org\n", .other),
      ("|vdelivermail '' delete\n|vdelivermail '' bounce-no-mailbox\n", .vpopmailBouncing),
      ("|vdelivermail '' bounce-no-mailbox\n|vdelivermail '' delete\n", .vpopmailBouncing),
      ("|vdelivermail '' delete\n# |vdelivermail '' bounce-no-mailbox\n", .vpopmailTaking),
    ] as [(String, DotQmail.CatchAll)])
  func `a default file tells what becomes of mail for nobody`(
    text: String, expected: DotQmail.CatchAll
  ) {
    #expect(DotQmail(parsing: Array(text.utf8)).catchAll == expected)
  }

  @Test(
    arguments: [
      ("| fastforward -d /etc/aliases.cdb\n", "/etc/aliases.cdb"),
      ("|/usr/bin/fastforward -p -d 'a.cdb'", "a.cdb"),
      ("# x\n\n| fastforward /etc/aliases.cdb; exit 0", "/etc/aliases.cdb"),
      ("| fastforward -d\n", nil), ("#| fastforward /x\n", nil), ("./Maildir/\n", nil),
      ("| nofastforward /x\n", nil),
    ] as [(String, String?)])
  func `fastforward's database is its first argument that is no option`(
    text: String, expected: String?
  ) {
    #expect(
      DotQmail(parsing: Array(text.utf8)).fastforwardDatabase == expected.map { Array($0.utf8) })
  }
}

@Suite struct FastforwardKeyTests {
  @Test(
    arguments: [
      (":root@", "root", ""), (":u@d.example", "u", "d.example"), (":@d.example", "", "d.example"),
      (":a@b@c", "a@b", "c"), ("?list@", nil, nil), (":root", nil, nil), (":@", nil, nil),
      ("u@d", nil, nil), ("", nil, nil), (":a\nb@", nil, nil), (":a@d\n", nil, nil),
    ] as [(String, String?, String?)])
  func `keys with a colon and an at are recipients`(key: String, local: String?, domain: String?) {
    let parsed = FastforwardKey(Array(key.utf8))
    #expect(parsed?.local == local.map { Array($0.utf8) })
    #expect(parsed?.domain == domain.map { Array($0.utf8) })
  }
}

@Suite(.scratch) struct DotQmailDirectoryTests {
  @Test func `only names that start with dot qmail are given, in order`() throws {
    let home = Scratch.directory
    for name in [".qmail-b", ".qmail", ".qmail-a:b", "vpasswd", ".qmai", "ann/.qmail-x"] {
      try home.appending(name).write("")
    }
    let names = try DotQmailDirectory.names(in: home)
    #expect(
      names.map { String(decoding: $0, as: UTF8.self) } == [".qmail", ".qmail-a:b", ".qmail-b"])
  }

  @Test func `a directory that is not there is an error that names it`() {
    let error = #expect(throws: SystemError.self) {
      try DotQmailDirectory.names(in: Scratch.directory.appending("none"))
    }
    #expect(error?.description.contains("unable to read directory /tmp") == true)
  }
}
