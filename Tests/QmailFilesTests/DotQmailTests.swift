import QmailFiles
import Testing

@Suite struct DotQmailNameTests {
  @Test(
    arguments: [
      (".qmail-info", "-", "info"), (".qmail-first:last", "-", "first.last"),
      (".qmail-A-b", "-", "a-b"), (".qmail-shop-sales", "-shop-", "sales"),
      (".qmail-a:b-c", "-a.b-", "c"), (".qmail-default", "-", "default"), (".qmail", "-", nil),
      (".qmail-", "-", nil), (".qmail-shop", "-shop-", nil), (".qmail-shop-", "-shop-", nil),
      (".qmailx", "-", nil), ("qmail-info", "-", nil), (".qmailinfo", "", "info"),
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
