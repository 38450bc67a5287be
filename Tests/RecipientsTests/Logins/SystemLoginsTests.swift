import QmailFiles
import Testing

@testable import Recipients

@Suite struct SystemLoginsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let shadow: String
    var shell = "/bin/sh"
    let refusal: LoginRefusal?
    var testDescription: String { "\(shadow) \(shell)" }
  }

  @Test(arguments: [
    Case(shadow: "ann:$6$s$h:1::::::", refusal: nil),
    Case(shadow: "ann:$y$j9T$s$h:1::::::", shell: "", refusal: nil),
    Case(shadow: "ann:!$6$s$h:1::::::", refusal: .locked),
    Case(shadow: "ann:!!:1::::::", refusal: .locked),
    Case(shadow: "ann:!:1::::::", refusal: .locked),
    Case(shadow: "ann:*:1::::::", refusal: .locked),
    Case(shadow: "ann:*LK*:1::::::", refusal: .locked),
    Case(shadow: "ann::1::::::", refusal: .emptyPassword),
    Case(shadow: "ann:$6$s$h,A=\"1\":1::::::", refusal: .unusableHash),
    Case(shadow: "ann:two words:1::::::", refusal: .unusableHash),
    Case(shadow: "ann:x:1::::::", refusal: .unusableHash),
    Case(shadow: "ann:NP:1::::::", refusal: .unusableHash),
    Case(shadow: "ann:sa3tHJ3/KuYv:1::::::", refusal: .unusableHash),
    Case(shadow: "ann:sa3tHJ3/KuYvI:1::::::", refusal: nil),
    Case(shadow: "ann:_J9..rasmBYk8r9AiWNc:1::::::", refusal: nil),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/usr/sbin/nologin", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/bin/false", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/dev/null", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/bin/true", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/bin/sync", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/sbin/halt", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/sbin/shutdown", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/bin/false ", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/usr/sbin/nologin \t", refusal: .noLoginShell),
    Case(shadow: "ann:$6$s$h:1::::::", shell: "/bin/truesh", refusal: nil),
    Case(shadow: "ann:$6$s$h:1:::::1000:", refusal: .expired),
    Case(shadow: "ann:$6$s$h:1:::::1001:", refusal: nil),
    Case(shadow: "bob:$6$s$h:1::::::", refusal: .noSuchUser),
  ])
  func `only a hash that somebody may use is a login`(_ row: Case) throws {
    let logins = SystemLogins(
      users: PasswordFile(parsing: Array("ann:x:1:1::/:\(row.shell)\n".utf8)),
      shadow: ShadowFile(parsing: Array((row.shadow + "\n").utf8)), today: 1000
    ).logins
    #expect(try #require(logins.first).refusal == row.refusal)
  }
}
