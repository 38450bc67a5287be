import QmailFiles
import Testing

@Suite struct VpasswdFileTests {
  private struct Mailbox: Equatable {
    let line: Int
    let name: String
    let hash: String
    let flags: UInt32
    let isTerminated: Bool
  }

  private func read(_ text: String) -> ([Mailbox], VpasswdFile.Failure?) {
    var mailboxes: [Mailbox] = []
    let bytes = Array(text.utf8)
    do throws(VpasswdFile.Failure) {
      let result = bytes.withUnsafeBufferPointer { buffer in
        Result { () throws(VpasswdFile.Failure) in
          try VpasswdFile.forEachLine(of: buffer) { line in
            mailboxes.append(
              Mailbox(
                line: line.number, name: String(decoding: bytes[line.name], as: UTF8.self),
                hash: String(decoding: bytes[line.hash], as: UTF8.self),
                flags: VpasswdFile.flags(bytes[line.flags].span)?.rawValue ?? .max,
                isTerminated: line.isTerminated))
          }
        }
      }
      try result.get()
      return (mailboxes, nil)
    } catch {
      return (mailboxes, error)
    }
  }

  @Test func `a line gives name, hash and flags`() {
    let (mailboxes, failure) = read(
      "ann:$6$x$y:1:0:Ann:/d/ann:NOQUOTA\nbob:h:2:2080::/d/bob:10485760S,1000C:clear\n")
    #expect(failure == nil)
    #expect(
      mailboxes == [
        Mailbox(line: 1, name: "ann", hash: "$6$x$y", flags: 0, isTerminated: true),
        Mailbox(line: 2, name: "bob", hash: "h", flags: 0x820, isTerminated: true),
      ])
  }

  @Test func `a last line without a newline is given and marked`() {
    let (mailboxes, failure) = read("ann:h:1:0::/d:NOQUOTA\nbob:h:1:0::/d:NOQUOTA")
    #expect(failure == nil)
    #expect(mailboxes.map(\.isTerminated) == [true, false])
  }

  @Test(
    arguments: [
      ("a:h:1:0::/d:q\n\nb:h:1:0::/d:q\n", 2), ("a:h:1:0::/d\n", 1), ("a:h:1:0::/d:q\nb\n", 2),
      (":h:1:0::/d:q\n", 1), ("a:h:1:0::/d:q\nb:h:1", 2), ("a\u{1b}[2J:h:1:0::/d:q\n", 1),
      ("a:h:1:0::/d:q\n\0:h:1:0::/d:q\n", 2), ("a\t:h:1:0::/d:q\n", 1),
      ("a\u{7f}:h:1:0::/d:q\n", 1), ("a\r:h:1:0::/d:q\n", 1),
    ])
  func `a line with fewer than six colons or no sound name is told with its number`(
    text: String, line: Int
  ) {
    #expect(read(text).1?.line == line)
  }

  @Test(
    arguments: [
      ("", 0), ("0", 0), (" \t2048", 0x800), ("+32", 0x20), ("-1", 0xffff_ffff),
      ("4294967295", 0xffff_ffff), ("-2147483648", 0x8000_0000), ("033", 33),
    ] as [(String, UInt32)])
  func `flags are a number as atoi reads it`(text: String, expected: UInt32) {
    let flags = VpasswdFile.flags(Array(text.utf8).span)
    #expect(flags?.rawValue == expected)
  }

  @Test(
    arguments: [
      "2080x", "x", "0x20", "32,2048", "32 ", "--1", "- 1", "-", "4294967296", "-2147483649",
      "99999999999999999999",
    ])
  func `flags that are no number of 32 bits are none`(text: String) {
    let flags = VpasswdFile.flags(Array(text.utf8).span)
    #expect(flags == nil)
  }
}
