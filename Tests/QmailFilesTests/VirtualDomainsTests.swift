import QmailFiles
import Testing

@Suite struct VirtualDomainsTests {
  @Test func `lines name a domain or an address, and their target`() {
    let text = """
      # ours
      Shop.Example:Joe-shop

      user@shop.example:ann
      no colon
      off.example:
      :alias
      a:b:c
      """
    let entries = VirtualDomains(parsing: Array(text.utf8)).entries
    #expect(entries.map(\.line) == [2, 4, 6, 7, 8])
    #expect(
      entries.map { String(decoding: $0.name, as: UTF8.self) }
        == ["shop.example", "user@shop.example", "off.example", "", "a"])
    #expect(
      entries.map { String(decoding: $0.target, as: UTF8.self) }
        == ["joe-shop", "ann", "", "alias", "b:c"])
    #expect(entries.map(\.isAddress) == [false, true, false, false, false])
  }
}

@Suite struct SMTPRoutesTests {
  @Test func `lines name a domain and its relay`() {
    let text = "A.example:[192.0.2.1]:26\n#b:c\n:smart.example\nnone\n"
    let entries = SMTPRoutes(parsing: Array(text.utf8)).entries
    #expect(entries.map(\.line) == [1, 3])
    #expect(entries.map { String(decoding: $0.domain, as: UTF8.self) } == ["a.example", ""])
    #expect(
      entries.map { String(decoding: $0.relay, as: UTF8.self) }
        == ["[192.0.2.1]:26", "smart.example"])
  }
}
