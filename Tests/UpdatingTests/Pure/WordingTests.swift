import QmailFiles
import SystemPackage
import SystemSupport
import Testing
import Updating

/// WATCH 21: every verdict says why, in words that a person understands and a terminal survives.
@Suite struct WordingTests {
  static let wording: Wording = {
    var settings = Settings()
    settings.layout.root = Root("/r")
    return Wording(settings, now: World.time(100), zone: .utc)
  }()

  // 1,700,000,000 is 2023-11-14 22:13:20 UTC.
  @Test(arguments: [
    (
      Reason.changed(
        key: "/r/var/qmail/control/locals", at: World.time(30),
        LineChange(added: ["new.example"], removed: [])),
      "control/locals changed 22:13:50: +new.example"
    ),
    (.changed(key: "/r/etc/tcp.smtp", at: nil, nil), "/etc/tcp.smtp changed"),
    (
      .changed(
        key: "/x", at: nil, LineChange(added: ["1", "2", "3"], removed: ["4", "5"])),
      "/x changed: +1 +2 +3 (and 2 more lines)"
    ),
    (.appeared(key: "/r/etc/d/"), "/etc/d/ is new"), (.vanished(key: "/r/etc/a"), "/etc/a is gone"),
    (
      .newer(key: "/r/etc/a", at: World.time(30), than: World.time(20)),
      "/etc/a (22:13:50) is not older than the product (22:13:40)"
    ),
    (
      .undecided(
        key: "/r/var/qmail/control/morercpthosts", at: World.time(30), product: World.time(31)),
      "made by another program until 22:13:51, perhaps from what control/morercpthosts held before "
        + "its change 22:13:50"
    ),
    (
      .unread(
        key: "/r/var/qmail/control/locals", at: World.time(30),
        LineChange(added: ["b"], removed: ["a"]), lastRead: World.time(20)),
      "control/locals changed 22:13:50: +b -a; last read 22:13:40"
    ),
    (
      .unread(key: "/r/etc/a", at: nil, nil, lastRead: World.time(20)),
      "/etc/a is gone; last read 22:13:40"
    ),
    (.productMissing, "the product is not there"),
    (.productDamaged("cut short"), "the product is damaged: cut short"),
    (
      .productReplaced(at: World.time(30)),
      "the product was replaced 22:13:50, and not from these inputs"
    ),
    (.ruleChanged, "the rule has changed"),
  ])
  func `a reason in words`(reason: Reason, words: String) {
    #expect(Self.wording.words(reason) == words)
  }

  @Test(
    arguments: [
      (Verdict.fresh(.record), []),
      (.fresh(.dates(made: World.time(30))), ["by date: made by another program 22:13:50"]),
      (.fresh(.start), ["started since its files changed"]),
      (
        .failed(World.failure(count: 2, since: 1, next: 130, [:])), ["exit 1", "try 3 at 22:15:30"]
      ),
      (.held(World.hold(.loss, [:])), ["would lose 90 of 100 records, such as -a@b"]),
      (
        .held(World.hold(.rollback, [:])),
        ["rolled back 22:13:50 until forced or its inputs change"]
      ),
      (.missingInput("/r/var/qmail/users/assign"), ["users/assign is not there"]),
      (.unreadable("/r/etc/a", "Permission denied"), ["/etc/a: Permission denied"]),
      (.off("because"), ["because"]),
    ] as [(Verdict, [String])])
  func `a verdict in words`(verdict: Verdict, reasons: [String]) {
    #expect(Self.wording.reasons(for: verdict) == reasons)
  }

  @Test func `no byte of a stranger's line or name acts on a terminal`() {
    let evil = "\u{1b}]0;x\u{7}\r\u{202e}"
    let words = Self.wording.words(
      .changed(key: "/\(evil)", at: nil, LineChange(added: [evil], removed: [evil])))
    #expect(words.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f }, "\(words)")
    let long = Self.wording.words(
      .changed(
        key: "/a", at: nil,
        LineChange(added: [String(repeating: "x", count: 10_000)], removed: [])))
    #expect(long.count < 100)
  }
}
