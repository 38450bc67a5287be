import Testing

@testable import Recipients

@Suite struct LoginListTests {
  /// The records of a list of logins, of which an empty hash means that he is refused.
  private func records(_ logins: [(String, String)]) throws -> [String] {
    var list = LoginList()
    for (login, hash) in logins {
      if hash.isEmpty {
        list.appendRefused(Array(login.utf8))
      } else {
        list.append(Array(login.utf8), hash: Array(hash.utf8), suffix: [])
      }
    }
    list.finish()
    var records: [String] = []
    list.forEach { login, value in
      records.append(String(decoding: login, as: UTF8.self))
      records.append(String(decoding: value, as: UTF8.self))
    }
    return records
  }

  @Test func `logins are sorted by their bytes, short ones first`() throws {
    let logins = ["b", "abcdefgh", "abcdefghi", "a", "", "ab", "a\0", "é", "Z"]
    let expected = logins.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(try records(logins.map { ($0, "h") }) == expected.flatMap { [$0, "h"] })
  }

  @Test func `of two that are the same the first counts`() throws {
    #expect(try records([("bob", "1"), ("ann", "2"), ("bob", "3")]) == ["ann", "2", "bob", "1"])
  }

  @Test func `one who is refused first stays refused`() throws {
    #expect(try records([("bob", ""), ("bob", "1"), ("ann", "2"), ("ann", "")]) == ["ann", "2"])
  }
}
