import QmailFiles
import SystemPackage
import SystemSupport
import Testing

@Suite struct ServerLayoutTests {
  @Test func `a root stands before every path, and nothing leads out of it`() {
    let layout = ServerLayout(root: Root("/srv/box/"))
    #expect(layout.control("locals") == "/srv/box/var/qmail/control/locals")
    #expect(layout.root("/../../etc/passwd") == "/srv/box/etc/passwd")
    #expect(layout.root.inside(layout.passwd) == "/etc/passwd")
  }

  @Test func `the machine's own root changes nothing`() {
    #expect(ServerLayout().control("me") == "/var/qmail/control/me")
    #expect(Root().inside("/etc/passwd") == "/etc/passwd")
  }
}
