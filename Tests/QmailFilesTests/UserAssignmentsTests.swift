import QmailFiles
import SystemPackage
import Testing

@Suite struct UserAssignmentsTests {
  private func parse(_ text: String) throws(FileFormatError) -> UserAssignments {
    try UserAssignments(parsing: Array(text.utf8), path: "/var/qmail/users/assign")
  }

  @Test func `an equals line is an address, a plus line a prefix`() throws {
    let file = try parse("=Joe:joe:1:2:/home/joe:::\n+Joe-:joe:1:2:/home/joe:-::rest:x\n.\nrubbish")
    #expect(file.entries.map(\.line) == [1, 2])
    #expect(file.entries.map(\.isPrefix) == [false, true])
    #expect(file.entries.map { String(decoding: $0.name, as: UTF8.self) } == ["Joe", "Joe-"])
    #expect(file.entries[1].assignment.homePath == "/home/joe")
    #expect(file.entries[1].assignment.dash == [UInt8(ascii: "-")])
  }

  @Test func `the records have small keys, NUL between the fields, and the prefixes' last bytes`()
    throws
  {
    let text =
      "=Joe:joe:1:2:/h:::\n+Joe-:joe:1:2:/h:-::\n+x+:u:1:2:/h:-:E:\n+Y-:u:1:2:/h:-::\n+:z:1:2:/h:::\n.\n"
    let records = try parse(text).records.map {
      (String(decoding: $0.key, as: UTF8.self), String(decoding: $0.data, as: UTF8.self))
    }
    #expect(records.map(\.0) == ["!joe\0", "!joe-", "!x+", "!y-", "!", ""])
    #expect(
      records.map(\.1) == [
        "joe\u{0}1\u{0}2\u{0}/h\0\0", "joe\u{0}1\u{0}2\u{0}/h\0-\0", "u\u{0}1\u{0}2\u{0}/h\0-\0E",
        "u\u{0}1\u{0}2\u{0}/h\0-\0", "z\u{0}1\u{0}2\u{0}/h\0\0", "-+",
      ])
  }

  @Test func `a hash with seven colons is an address too, as qmail-newu has it`() throws {
    let file = try parse("#joe:u:1:2:/h:-::\n.\n")
    #expect(file.records.first?.key == Array("!joe\0".utf8))
  }

  @Test func `a file of its end alone is empty`() throws {
    #expect(try parse(".\n").records.map(\.key) == [[]])
    #expect(try parse(".").entries.isEmpty)
  }

  @Test(
    arguments: [
      ("+a-:u:1:2:/h:-::\n", 2), ("", 1), ("\n.\n", 1), ("+a-:u:1:2:/h:-::\n# comment\n.\n", 2),
      ("=a:u:1:2:/h:-:\n.\n", 1), (":u:1:2:/h:-::\n.\n", 1), ("=a\0:u:1:2:/h:-::\n.\n", 1),
      ("+a-:u:1:2:/h:-::", 2), ("+a-:u:1:2:/h:-::\nword\n.\n", 2),
    ])
  func `a bad line is told with its number`(text: String, line: Int) {
    let error = #expect(throws: FileFormatError.self) { try parse(text) }
    #expect(error?.line == line)
    #expect(error?.description.hasPrefix("unable to parse /var/qmail/users/assign: line ") == true)
  }

  @Test func `a record's data is read back`() throws {
    let assignment = try parse("+d-:d:1:2:/h/d:-:x-:\n.\n").entries[0].assignment
    #expect(Assignment(record: assignment.data) == assignment)
    #expect(Assignment(record: Array("a\0b".utf8)) == nil)
  }
}
