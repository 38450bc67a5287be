import QmailFiles
import SystemPackage
import SystemSupport
import Testing

@testable import Updating

@Suite struct RuleTests {
  /// WATCH 13: a list that shrinks by more than both limits waits for an operator.
  @Test(arguments: [
    (lost: 0, of: 0, isExceeded: false), (10, 10, false), (11, 11, true), (11, 54, true),
    (11, 55, false), (200, 1000, false), (201, 1000, true),
  ])
  func `a loss counts above its share and above its number`(
    lost: Int, of all: Int, isExceeded: Bool
  ) {
    #expect(Rule.LossLimit().isExceeded(losing: lost, of: all) == isExceeded)
  }

  @Test(arguments: [
    (["a", "b"], ["a", "b"]), (["{candidate}"], ["/c"]),
    (["x={candidate}.{temporary}"], ["x=/c./t"]),
    (["{other}", "{", "}", "{}", ""], ["{other}", "{", "}", "{}", ""]),
    (["{{candidate}"], ["{{candidate}"]), (["{candidate}{candidate}"], ["/c/c"]),
  ])
  func `places in a command are filled in one pass`(arguments: [String], result: [String]) {
    let names = ["{candidate}": "/c", "{temporary}": "/t"]
    #expect(BuildCommand(arguments).filled { names[$0] } == result)
  }

  @Test func `a product is made beside the old one, or by a program that replaces it itself`() {
    #expect(Self.changed { _ in }.isMadeBeside)
    #expect(Self.changed { $0.action = .build(.keyList) }.isMadeBeside)
    #expect(!Self.changed { $0.action = .command(BuildCommand(["newaliases"])) }.isMadeBeside)
    let service = Rule.Product.service("/service/qmail-send")
    #expect(!Self.changed { ($0.product, $0.action) = (service, .reload) }.isMadeBeside)
  }

  @Test func `a name that holds a place is not filled again`() {
    let names = ["{candidate}": "/{temporary}", "{temporary}": "/t"]
    #expect(BuildCommand(["{candidate}"]).filled { names[$0] } == ["/{temporary}"])
  }

  static func changed(_ change: (inout Rule) -> Void) -> Rule {
    var rule = World.fileRule
    rule.action = .command(BuildCommand(["make", "{candidate}"]))
    change(&rule)
    return rule
  }

  @Test func `what decides what the product will be is in the digest, and nothing else`() {
    let rule = Self.changed { _ in }
    let different = [
      Self.changed { $0.inputs.append(Input("/b")) },
      Self.changed { $0.inputs = [Input("/a", kind: .listing)] },
      Self.changed { $0.action = .command(BuildCommand(["make", "-n", "{candidate}"])) },
      Self.changed {
        $0.action = .command(BuildCommand(["make", "{candidate}"], standardInput: "/a"))
      },
      Self.changed { $0.action = .build(.keyList) },
      Self.changed { $0.action = .build(.assignments) },
      Self.changed { $0.product = .file("/q", isDatabase: false) },
      Self.changed { $0.user = "nobody" },
    ]
    let same = [
      Self.changed { $0.after = ["x"] }, Self.changed { $0.timeout = .seconds(1) },
      Self.changed { $0.lossLimit = Rule.LossLimit() }, Self.changed { $0.isOpaque = true },
    ]
    let digest = rule.digest(key: World.key)
    for other in different { #expect(other.digest(key: World.key) != digest, "\(other)") }
    for other in same { #expect(other.digest(key: World.key) == digest, "\(other)") }
  }

  /// A name may hold what a shell would take for its own.
  @Test func `what is to be typed by hand is a command, and one word a word`() {
    let rule = Rule(
      "a list; x", inputs: [], product: .file("/p", isDatabase: true), action: .build(.keyList))
    var settings = Settings()
    #expect(rule.actionByHand(settings) == "update-qmail --force 'a list; x'")
    let made = Self.changed { $0.product = .file("/q", isDatabase: false) }
    #expect(made.actionByHand(settings) == "make /q")

    // Without our own options it would act on another server.
    settings.file = "/etc/my own.toml"
    settings.layout.root = Root("/srv/mx")
    #expect(
      settings.rollbackByHand("x")
        == "update-qmail --config '/etc/my own.toml' --root /srv/mx --rollback x")
  }

  @Test func `a depfile names files, directories and beginnings, each once`() {
    let report = DependencyReport(
      Array("/a\n/d/\nrelative\n/d/.qmail-*\n\n/a\n# opaque\n# other\n/last".utf8))
    #expect(report.keys == ["/a", "/d/", "/d/.qmail-*", "/last"])
    #expect(report.isOpaque)
    #expect(!DependencyReport(Array("/a\n #opaque\n".utf8)).isOpaque)
  }

  /// What cannot be watched is read again at every poke.
  @Test(arguments: [[0x2f, 0xff], Array("/d/\u{fffd}/.qmail-*".utf8)])
  func `a path that is no text, or was made text, makes a depfile opaque`(_ path: [UInt8]) {
    let report = DependencyReport(Array("/a\n".utf8) + path + Array("\n/b\n".utf8))
    #expect(report.keys == ["/a", "/b"])
    #expect(report.isOpaque)
    #expect(report.unwatchable == 1)
  }

  @Test func `a command's places are words of small letters in braces`() {
    func unknown(_ argument: String) -> [String] { BuildCommand(["m", argument]).unknownPlaces }
    #expect(unknown("{candidat}") == ["{candidat}"])
    #expect(unknown("{candidate}{x}={y}") == ["{x}", "{y}"])
    for argument in ["", "{}", "{ print }", "{a,b}", "{A}", "{a1}", "{candidate", "a}", "{memory}"]
    {
      #expect(unknown(argument) == [], "\(argument)")
    }
    #expect(unknown("{{x}}") == ["{x}"])
  }
}
