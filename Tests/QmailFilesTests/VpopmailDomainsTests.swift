import QmailFiles
import SystemPackage
import Testing

@Suite struct VpopmailDomainsTests {
  private func domains(_ lines: [String]) throws -> VpopmailDomains {
    let text = (lines + [".", ""]).joined(separator: "\n")
    return VpopmailDomains(
      of: try UserAssignments(parsing: Array(text.utf8), path: "assign"),
      users: PasswordFile(parsing: Array("ann:x:1:1::/home/ann:/bin/sh\n".utf8)))
  }

  @Test func `an alias domain shares the directory of its domain`() throws {
    let domains = try domains([
      "+Example.org-:example.org:89:89:/d/example.org:-::", "+b.org-:b.org:89:89:/d/b.org:-::",
      "+alias.net-:example.org:89:89:/d/example.org:-::",
    ])
    #expect(domains.directories.map(\.path) == ["/d/example.org", "/d/b.org"])
    let names = domains.directories[0].names
    #expect(
      names.map { String(decoding: $0.bytes, as: UTF8.self) } == ["example.org", "alias.net"])
    #expect(names.map(\.line) == [1, 3])
    #expect(domains.directory(of: "alias.net".utf8)?.path == "/d/example.org")
    #expect(domains.directory(of: "c.org".utf8) == nil)
  }

  @Test(arguments: [
    "=example.org-:example.org:89:89:/d:-::", "+ann-:ann:1:1:/home/ann:-::",
    "+example.org:example.org:89:89:/d:-::", "+-:b:89:89:/d:-::",
  ])
  func `another kind of line is no domain`(_ line: String) throws {
    #expect(try domains([line]).directories.isEmpty)
  }

  @Test func `a domain without a directory is one all the same, for whoever tells of it`() throws {
    let domains = try domains(["+a-:a:89:89::-::", "+b-:b:89:89:b:-::"])
    #expect(domains.directories.map(\.path) == ["", "b"])
  }

  @Test(arguments: ["+a-:b:89:89:/d:-:ext:", "+a-:b:89:89:/d:::"])
  func `a domain is one however its .qmail files are named`(_ line: String) throws {
    #expect(try domains([line]).directories.map(\.path) == ["/d"])
  }

  @Test func `a domain below a line for a user of the system is one that nothing finds`() throws {
    let domains = try domains(["+a-:ann:1:1:/home/ann:-::", "+A-:a:89:89:/d:-::"])
    #expect(domains.directories.isEmpty)
    #expect(domains.directory(of: "a".utf8) == nil)
  }

  @Test func `of two lines for one domain the first counts`() throws {
    let domains = try domains(["+a-:a:1:1:/first:-::", "+a-:a:1:1:/second:-::"])
    #expect(domains.directories.map(\.path) == ["/first"])
  }
}
