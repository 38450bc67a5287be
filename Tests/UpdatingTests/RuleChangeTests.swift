import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

@Suite(.scratch) struct RuleChangeTests {
  private var root: Root { Root(Scratch.directory) }

  /// The rule of a name among all the rules of a configuration.
  private func rule(_ name: String, _ text: String) throws -> Rule {
    try #require(try RuleCatalogue(try loadSettings(text)).all()[name])
  }

  @Test func `a new rule for a file has all that the file says`() throws {
    let rule = try rule(
      "list",
      """
      [rules.list]
      inputs = ["/e/a", "/e/d/", "/e/*.conf"]
      product = "/e/list.cdb"
      command = ["make", "{candidate}"]
      stdin = "/e/a"
      after = ["users/cdb"]
      timeout = 5
      opaque = true
      secret = true
      guarded = true
      loss_count = 7
      only_if_product_exists = true
      user = "nobody"
      """)
    var expected = Rule(
      "list",
      inputs: [
        Input(root("/e/a"), isRequired: true), Input(root("/e/d"), kind: .listing),
        Input(root("/e/*.conf"), kind: .glob),
      ],
      product: .file(root("/e/list.cdb"), isDatabase: true),
      action: .command(BuildCommand(["make", "{candidate}"], standardInput: root("/e/a"))),
      after: ["users/cdb"], timeout: .seconds(5), presence: .whereProductExists)
    expected.isOpaque = true
    expected.isSecret = true
    expected.lossLimit = Rule.LossLimit(count: 7)
    expected.user = "nobody"
    #expect(rule == expected)
  }

  @Test func `what a command reads is an input, also when it is not named as one`() throws {
    let text = """
      [rules.x]
      inputs = ["/e/d/"]
      product = "/e/x"
      command = ["make", "{candidate}"]
      stdin = "/e/d"
      [rules."tcp.smtp.cdb"]
      inputs = ["/e/b"]
      """
    #expect(
      try rule("x", text).inputs
        == [Input(root("/e/d"), kind: .listing), Input(root("/e/d"), isRequired: true)])
    #expect(
      try rule("tcp.smtp.cdb", text).inputs
        == [Input(root("/e/b")), Input(root("/etc/tcp.smtp"), isRequired: true)])
  }

  @Test(arguments: [
    ("imap", "/service/imap", Rule.Action.reload), ("/var/imap", "/var/imap", .restart),
  ])
  func `a service is a name among the services or a path, under the root`(
    _ text: String, _ path: String, _ action: Rule.Action
  ) throws {
    let verb = action == .restart ? "verb = \"restart\"" : ""
    let rule = try rule("x", "[rules.x]\ninputs = [\"/a\"]\nservice = \"\(text)\"\n\(verb)")
    #expect(rule.product == .service(root(FilePath(path))))
    #expect(rule.action == action)
  }

  @Test func `what the file does not say of a built-in rule stays`() throws {
    try Scratch.directory.appending("etc/tcp.smtp").write(":allow\n")
    let before = try rule("tcp.smtp.cdb", "")
    let after = try rule(
      "tcp.smtp.cdb",
      """
      [rules."tcp.smtp.cdb"]
      inputs = ["/etc/tcp.smtp", "/etc/more"]
      product = "/etc/other.cdb"
      command = ["tcprules", "{candidate}", "{temporary}", "again"]
      """)
    var expected = before
    expected.inputs.append(Input(root("/etc/more")))
    expected.product = .file(root("/etc/other.cdb"), isDatabase: true)
    expected.action = .command(
      BuildCommand(
        ["tcprules", "{candidate}", "{temporary}", "again"], standardInput: root("/etc/tcp.smtp")))
    #expect(before.inputs == [Input(root("/etc/tcp.smtp"), isRequired: true)])
    #expect(after == expected)
  }

  @Test func `the service of a built-in rule can be another one`() throws {
    try FileOperations.makeDirectory(Scratch.directory.appending("service/qmail-send"))
    let rule = try rule("qmail-send", "[rules.qmail-send]\nservice = \"other\"\nverb = \"restart\"")
    #expect(rule.product == .service(root("/service/other")))
    #expect(rule.action == .restart)
  }

  @Test func `a rule that is switched off is there, and leaves its product to another`() throws {
    let text = """
      [rules."users/cdb"]
      enabled = false
      [rules.mine]
      inputs = ["/a"]
      product = "/var/qmail/users/cdb"
      command = ["m"]
      [rules.later]
      inputs = ["/var/qmail/users/cdb"]
      product = "/b"
      command = ["m"]
      """
    #expect(try rule("users/cdb", text).offReason == "switched off by the configuration")
    let rules = try RuleCatalogue(try loadSettings(text)).all()
    #expect(rules.dependencies["later"] == ["mine"])
  }

  @Test(arguments: [("true", Rule.Presence.whereProductExists), ("false", .always)])
  func `a built-in rule can be there only with its product, or always`(
    _ value: String, _ presence: Rule.Presence
  ) throws {
    let rule = try rule(
      "validrcptto.cdb", "[rules.\"validrcptto.cdb\"]\nonly_if_product_exists = \(value)")
    #expect(rule.presence == presence)
  }

  @Test func `only_if_product_exists = false leaves the other conditions alone`() throws {
    let rule = try rule("users/cdb", "[rules.\"users/cdb\"]\nonly_if_product_exists = false")
    #expect(rule.presence == .whereAnyExists([root("/var/qmail/users/assign")]))
  }

  @Test func `a change of a built-in rule that is not here waits, a whole rule replaces it`() throws
  {
    #expect(
      try RuleCatalogue(try loadSettings("rules.\"aliases.cdb\".timeout = 1")).all()["aliases.cdb"]
        == nil)
    let rule = try rule(
      "aliases.cdb",
      """
      [rules."aliases.cdb"]
      inputs = ["/etc/aliases"]
      product = "/etc/aliases.cdb"
      command = ["postalias", "/etc/aliases"]
      """)
    #expect(rule.action == .command(BuildCommand(["postalias", "/etc/aliases"])))
  }
}

// MARK: - Precedence

extension RuleChangeTests {
  private var newu: Rule.Action {
    .command(.tool(["chroot", Scratch.directory.string, "/var/qmail/bin/qmail-newu"]))
  }

  @Test func `a rule's builder goes before the builder of all`() throws {
    let tool = "[rules.\"users/cdb\"]\nbuilder = \"tool\""
    let own = "builder = \"tool\"\n[rules.\"users/cdb\"]\nbuilder = \"own\""
    #expect(try rule("users/cdb", "").action == .build(.assignments))
    #expect(try rule("users/cdb", "builder = \"tool\"").action == newu)
    #expect(try rule("users/cdb", tool).action == newu)
    #expect(try rule("morercpthosts.cdb", tool).action == .build(.keyList))
    #expect(try rule("users/cdb", own).action == .build(.assignments))
    #expect(try rule("morercpthosts.cdb", own).action != .build(.keyList))
  }

  @Test func `a rule's limits go before the limits of all`() throws {
    let limits = "[limits]\nloss_share = 0.5\nloss_count = 50\n"
    let own = limits + "[rules.\"auth.cdb\"]\nloss_count = 3"
    #expect(try rule("auth.cdb", "").lossLimit == Rule.LossLimit(share: 0.2, count: 10))
    #expect(try rule("auth.cdb", limits).lossLimit == Rule.LossLimit(share: 0.5, count: 50))
    #expect(try rule("auth.cdb", own).lossLimit == Rule.LossLimit(share: 0.5, count: 3))
    #expect(try rule("validrcptto.cdb", own).lossLimit == Rule.LossLimit(share: 0.5, count: 50))
  }

  @Test func `guarded = false takes the limits away`() throws {
    #expect(try rule("auth.cdb", "rules.\"auth.cdb\".guarded = false").lossLimit == nil)
  }
}

// MARK: - Names

extension RuleChangeTests {
  /// A tree in which every built-in rule has its program, its service and its file.
  private func makeWholeTree() throws {
    let programs = [
      "newaliases", "simscanmk", "qmail-badmimetypes", "qmail-badloadertypes", "qmail-mfrules",
      "qmail-recipients",
    ]
    for name in programs { try root("/var/qmail/bin").appending(name).write("", mode: 0o755) }
    for file in ["tcp/pop3", "tcprules.d/smtp", "passwd"] {
      try root("/etc").appending(FilePath(file).components).write("")
    }
    try root("/etc/passwd").write("vpopmail:x:89:89::/home/vpopmail:/bin/sh\n")
    try FileOperations.makeDirectory(root("/service/qmail-send"))
  }

  @Test func `the name of every built-in rule is known, also where the rule is not`() throws {
    try makeWholeTree()
    let names = try RuleCatalogue(try loadSettings("")).all().rules.map(\.name)
    #expect(names.filter { !BuiltInRules.isName($0) } == [])
    #expect(Set(BuiltInRules.names).subtracting(names) == [])
    #expect(names.count == BuiltInRules.names.count + 3)
  }

  @Test(arguments: ["users/cbd", "users/cdb ", "tcp/x.cdb", "/etc/tcp/x", "/etc/x.cdb"])
  func `other names are not those of built-in rules`(_ name: String) {
    #expect(!BuiltInRules.isName(name))
  }
}
