import QmailFiles
import SystemPackage
import Testing

@testable import Updating

/// A configuration that can be used, and what it changes.
struct GoodFile: CustomTestStringConvertible, Sendable {
  let text: String
  let change: @Sendable (inout Settings) -> Void
  var testDescription: String { text.split(separator: "\n").joined(separator: "; ") }

  init(_ text: String, _ change: @escaping @Sendable (inout Settings) -> Void) {
    self.text = text
    self.change = change
  }

  static let all = settings + rules

  static let settings = [
    GoodFile(#"qmail = "/q""#) { $0.layout.qmail = "/q" },
    GoodFile(#"vpopmail = "/v""#) { $0.layout.vpopmail = "/v" },
    GoodFile(#"services = "/s""#) { $0.services = "/s" },
    GoodFile(#"pipe = "/tmp/update-qmail""#) { $0.pipe = "/tmp/update-qmail" },
    GoodFile(#"state = "/st""#) { $0.state = "/st" },
    GoodFile("watch = false") { $0.isWatching = false },
    GoodFile("settle = 0") { $0.settle = .zero },
    GoodFile("settle_limit = 2.5") { $0.settleLimit = .milliseconds(2500) },
    GoodFile("stays_up = 10") { $0.staysUp = .seconds(10) },
    GoodFile("reload_check = 0.125") { $0.reloadCheck = .milliseconds(125) },
    GoodFile(#"builder = "tool""#) { $0.builder = .tool },
    GoodFile("trust_groups = true") { $0.trustsGroups = true },
    GoodFile(#"send_service = "qsend""#) { $0.sendService = "qsend" },
    GoodFile("[limits]\nloss_share = 1\nloss_count = 0") {
      $0.lossLimit = Rule.LossLimit(share: 1, count: 0)
    },
    GoodFile("limits.loss_share = 0.5") { $0.lossLimit.share = 0.5 },
    GoodFile("[limits]\npoke_burst = 3\npoke_interval = 2.5") {
      $0.pokeBurst = 3
      $0.pokeInterval = .milliseconds(2500)
    },
    GoodFile("[logs]\nqmail-send = \"/l/send\"\n\"a b\" = \"/l/ab\"") {
      $0.logDirectories = ["qmail-send": "/l/send", "a b": "/l/ab"]
    },
  ]

  private static func rule(
    _ name: String, _ text: String, _ change: @escaping @Sendable (inout RuleChange) -> Void
  ) -> GoodFile {
    GoodFile("[rules.\"\(name)\"]\n\(text)") { settings in
      var rule = RuleChange(name: name)
      change(&rule)
      settings.ruleChanges = [rule]
    }
  }

  static let rules = [
    rule("users/cdb", "enabled = false") { $0.isEnabled = false },
    rule("users/cdb", "timeout = 0.5") { $0.timeout = .milliseconds(500) },
    rule("users/cdb", #"builder = "tool""#) { $0.builder = .tool },
    rule("users/cdb", "opaque = true\nsecret = true") {
      $0.isOpaque = true
      $0.isSecret = true
    },
    rule("users/cdb", "guarded = true\nloss_share = 0.1\nloss_count = 3") {
      $0.isGuarded = true
      $0.lossShare = 0.1
      $0.lossCount = 3
    },
    rule("validrcptto.cdb", "only_if_product_exists = false\nloss_count = 3") {
      $0.onlyIfProductExists = false
      $0.lossCount = 3
    },
    rule("auth.cdb", #"after = []"#) { $0.after = [] },
    // On this machine there is no newaliases: the change waits for it.
    rule("aliases.cdb", "timeout = 5") { $0.timeout = .seconds(5) },
    rule("/etc/tcp/pop3.cdb", "timeout = 5") { $0.timeout = .seconds(5) },
    rule(
      "list",
      """
      inputs = ["/e/a", "/e/d/", "/e/*.conf"]
      product = "/e/list"
      command = ["make", "", "{candidate}"]
      stdin = "/e/a"
      database = true
      user = "nobody"
      after = ["qmail-send", "users/cdb", "/etc/tcprules.d/x.cdb"]
      """
    ) {
      $0.inputs = ["/e/a", "/e/d/", "/e/*.conf"]
      $0.product = "/e/list"
      $0.command = ["make", "", "{candidate}"]
      $0.standardInput = "/e/a"
      $0.isDatabase = true
      $0.user = "nobody"
      $0.after = ["qmail-send", "users/cdb", "/etc/tcprules.d/x.cdb"]
    },
    rule(
      "imap",
      """
      inputs = ["/e/imap.conf"]
      service = "dovecot"
      verb = "restart"
      """
    ) {
      $0.inputs = ["/e/imap.conf"]
      $0.service = "dovecot"
      $0.verb = .restart
    },
    rule("pop", "inputs = [\"/e/pop\"]\nservice = \"/var/pop\"") {
      $0.inputs = ["/e/pop"]
      $0.service = "/var/pop"
    },
  ]
}

/// A configuration that cannot be used, and the problems without the file's name.
struct BadFile: CustomTestStringConvertible, Sendable {
  let text: String
  let problems: [String]
  var testDescription: String { text.split(separator: "\n").joined(separator: "; ") }

  init(_ text: String, _ problems: String...) {
    self.text = text
    self.problems = problems
  }

  static let all = syntax + keys + values + rules + among

  static let syntax = [
    BadFile(
      "watch = true\nsettle = = 1",
      "line 2: parsing value: could not determine value type"),
    BadFile(
      "watch = true\n\nwatch = false",
      "line 3: parsing key-value pair: cannot redefine existing boolean 'watch'"),
    BadFile("[logs", "line 1: parsing table header: encountered end-of-file"),
  ]

  static let keys = [
    BadFile("\n# x\nwatchs = true", "line 3: watchs: unknown key, did you mean watch?"),
    BadFile(
      "[limits]\nshare = 1",
      "line 2: limits.share: unknown key, expected one of loss_share, loss_count, poke_burst, poke_interval"
    ),
    BadFile(
      "[rules.\"users/cdb\"]\ntimeout = 1\nbuilders = \"own\"",
      "line 3: rules.\"users/cdb\".builders: unknown key, did you mean builder?"),
    BadFile("\"\\u001b[31m\" = 1", "line 1: \"\\x1b[31m\": unknown key, " + allKeys),
    BadFile(
      "[rules.\"users/cdb\"]\ntimeouts = 1\n[rules.\"auth.cdb\"]\ntimeouts = 1",
      "line 2: rules.\"users/cdb\".timeouts: unknown key, did you mean timeout?",
      "line 4: rules.\"auth.cdb\".timeouts: unknown key, did you mean timeout?"),
    BadFile("[[limits]]\nloss_share = 1", "line 1: limits: expected a table, found a list"),
    BadFile("rules = 1", "line 1: rules: expected a table, found 1"),
    BadFile("rules.x = 1", "line 1: rules.x: expected a table, found 1"),
  ]

  private static let allKeys =
    "expected one of qmail, vpopmail, services, pipe, state, watch, settle, settle_limit, "
    + "stays_up, reload_check, builder, trust_groups, send_service, limits, logs, rules"

  static let values = [
    BadFile("watch = \"yes\"", "line 1: watch: expected true or false, found \"yes\""),
    BadFile(
      "qmail = \"var/qmail\"", "line 1: qmail: expected an absolute path, found \"var/qmail\""),
    BadFile("pipe = \"\"", "line 1: pipe: expected an absolute path, found \"\""),
    BadFile("state = 1979-05-27", "line 1: state: expected an absolute path, found a date or time"),
    BadFile("settle = -0.5", "line 1: settle: expected \(seconds), found -0.5"),
    BadFile("settle = nan", "line 1: settle: expected \(seconds), found nan"),
    BadFile("stays_up = 1", "line 1: stays_up: expected at least 1.5 s"),
    BadFile("stays_up = inf", "line 1: stays_up: expected \(seconds), found inf"),
    BadFile("reload_check = \"1s\"", "line 1: reload_check: expected \(seconds), found \"1s\""),
    BadFile("settle = 3", "line 1: settle: expected no more than settle_limit, 2.0 s"),
    BadFile("settle_limit = 0.1", "line 1: settle_limit: expected at least settle, 0.25 s"),
    BadFile("builder = \"ours\"", "line 1: builder: expected \"own\" or \"tool\", found \"ours\""),
    BadFile(
      "send_service = \"a/b\"",
      "line 1: send_service: expected the name of a service directory, found \"a/b\""),
    BadFile(
      "limits = { loss_share = 1.5,\nloss_count = -1 }",
      "line 1: parsing inline table: expected key or closing '}', saw '\\\\n'"),
    BadFile(
      "limits = { loss_share = 1.5, loss_count = 1.0 }",
      "line 1: limits.loss_count: expected a whole number, 0 or more, found 1.0",
      "line 1: limits.loss_share: expected a share from 0 to 1, found 1.5"),
    BadFile(
      "logs.send = 07:32:00", "line 1: logs.send: expected another value, found a date or time"),
    BadFile("logs.send = \"log\"", "line 1: logs.send: expected an absolute path, found \"log\""),
    BadFile(
      "[logs]\n\"a/b\" = \"/log\"",
      "line 2: logs.\"a/b\": expected the name of a service directory, found \"a/b\""),
  ]

  private static let seconds = "a number of seconds, 0 to 86400"

  static let rules = [
    BadFile(
      "[rules.\"users/cdb\"]\ntimeout = 0",
      "line 2: rules.\"users/cdb\".timeout: expected a number of seconds, more than 0, "
        + "up to 86400, found 0"),
    BadFile(
      "[rules.x]\ncommand = []\ninputs = [\n  \"/a\",\n  # a comment, ] and [\n  \"b\",\n  3\n]",
      "line 2: rules.x.command: expected a list of strings, found an empty list",
      "line 6: rules.x.inputs[1]: expected \(input), found \"b\"",
      "line 7: rules.x.inputs[2]: expected \(input), found 3"),
    BadFile(
      "[rules.x]\ninputs = [\"/a/*/b\"]",
      "line 2: rules.x.inputs[0]: expected \(input), found \"/a/*/b\""),
    BadFile(
      "[rules.x]\ncommand = [\"\", \"a\"]",
      "line 2: rules.x.command: expected a program as first word"),
    BadFile(
      "[rules.x]\ncommand = \"make\"",
      "line 2: rules.x.command: expected a list of strings, found \"make\""),
    BadFile(
      "[rules.x]\nservice = \"../x\"\nverb = \"stop\"",
      "line 2: rules.x.service: expected the name of a service directory, or an absolute path, "
        + "found \"../x\"",
      "line 3: rules.x.verb: expected \"reload\" or \"restart\", found \"stop\""),
    BadFile(
      "[rules.-x]\ninputs = [\"/a\"]",
      "line 1: rules.-x: expected a name of 1 to 80 printable bytes, without \\ and with no - at "
        + "its start"),
    BadFile(
      "[rules.\"a\\u202eb\"]\ninputs = [\"/a\"]",
      "line 1: rules.\"a\\u{202e}b\": expected a name of 1 to 80 printable bytes, without \\ and "
        + "with no - at its start"),
    BadFile(
      "[rules.x]\nuser = \"\"", "line 2: rules.x.user: expected the name of a user, found \"\""),
  ]

  private static let input = "an absolute path, with * ? [ ] in its last part only"
  private static let list = "[rules.x]\ninputs = [\"/a\"]\nproduct = \"/x\"\ncommand = [\"m\"]\n"
  private static let imap = "[rules.imap]\ninputs = [\"/a\"]\nservice = \"imap\"\n"

  /// What is wrong only beside the other rules, and what a rule lacks or says in vain.
  static let among = [
    BadFile(
      imap + "verb = \"restart\"\ntimeout = 3",
      "line 5: rules.imap.timeout: expected more than stays_up, 3.0 s"),
    BadFile(
      "stays_up = 60\n" + imap + "verb = \"restart\"",
      "line 1: stays_up: expected less than the timeout of imap, 60.0 s"),
    // No qmail-send is supervised here.
    BadFile(
      "stays_up = 300",
      "line 1: stays_up: expected less than the timeout of qmail-send restart, 300.0 s"),
    BadFile(
      "[rules.\"qmail-send restart\"]\ntimeout = 2",
      "line 2: rules.\"qmail-send restart\".timeout: expected more than stays_up, 3.0 s"),
    BadFile(
      "[rules.x]\ninputs = [\"/a\"]\nproduct = \"/x\"\ncommand = [\"m\", \"--to={candidat}\"]",
      "line 4: rules.x.command: expected one of {candidate}, {temporary}, {depfile}, {product}, "
        + "{memory}, found {candidat}; a blank in it, { candidat }, makes it none"),
    BadFile(
      "[rules.\"user/cdb\"]\nenabled = false",
      "line 1: rules.\"user/cdb\": expected a product or a service, since no built-in rule has "
        + "this name"),
    BadFile(
      "[rules.x]\nproduct = \"/x\"", "line 1: rules.x: expected a command, which makes the product"),
    BadFile(
      "[rules.x]\nproduct = \"/x\"\ncommand = [\"m\"]",
      "line 1: rules.x: expected inputs, since the rule is not opaque"),
    BadFile(
      list + "service = \"s\"", "line 5: rules.x.service: expected either a product or a service"),
    BadFile(
      list + "verb = \"reload\"",
      "line 5: rules.x.verb: expected no verb, since the rule's product is a file"),
    BadFile(
      imap + "command = [\"m\"]",
      "line 4: rules.imap.command: expected no command, since the rule's product is a service"),
    BadFile(
      imap + "loss_count = 1",
      "line 4: rules.imap.loss_count: expected no loss_count, since the rule's product is a service"
    ),
    BadFile(
      imap + "guarded = true",
      "line 4: rules.imap.guarded: expected a .cdb as product, since records are counted"),
    BadFile(
      list + "guarded = true",
      "line 5: rules.x.guarded: expected a .cdb as product, since records are counted"),
    BadFile(
      list + "database = true\nguarded = true",
      "line 4: rules.x.command: expected {candidate} in the command, since a guarded product is "
        + "inspected first"),
    BadFile(
      list + "loss_share = 0.1",
      "line 5: rules.x.loss_share: expected guarded = true beside it, since nothing is held back "
        + "otherwise"),
    BadFile(
      list + "builder = \"own\"",
      "line 5: rules.x.builder: expected no builder but for users/cdb, morercpthosts.cdb, "
        + "morevalidrcptto.cdb"),
    BadFile(
      "[rules.\"users/cdb\"]\nbuilder = \"tool\"\ncommand = [\"m\"]",
      "line 2: rules.\"users/cdb\".builder: expected either a builder or a command"),
    BadFile(
      "[rules.\"users/cdb\"]\nuser = \"nobody\"",
      "line 2: rules.\"users/cdb\".user: expected no user, since the rule runs no command"),
    BadFile(
      "[rules.\"users/cdb\"]\ninputs = [\"/a\", \"/b\"]",
      "line 2: rules.\"users/cdb\".inputs: expected one file, which is all that our own builder "
        + "reads"),
    BadFile(
      list + "after = [\"users/cdb\", \"users/cbd\"]",
      "line 5: rules.x.after[1]: no rule is named \"users/cbd\", did you mean users/cdb?"),
    BadFile(
      list + "after = [\"x\"]",
      "line 5: rules.x.after: rules wait for each other in a circle: x after x"),
    BadFile(
      "[rules.\"users/cdb\"]\nafter = [\"morercpthosts.cdb\"]",
      "line 2: rules.\"users/cdb\".after: rules wait for each other in a circle: users/cdb after "
        + "morercpthosts.cdb after users/cdb"),
    BadFile(
      list + "[rules.y]\ninputs = [\"/a\"]\nproduct = \"/x\"\ncommand = [\"m\"]\n",
      "line 7: rules.y.product: two rules make ROOT/x: x and y"),
  ]
}
