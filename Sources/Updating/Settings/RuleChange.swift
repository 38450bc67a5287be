package import SystemPackage
internal import SystemSupport

/// What the configuration file says of one rule: a new one, or changes to a built-in one.
///
/// Nil leaves a property as it is.
package struct RuleChange: Equatable, Sendable {
  package var name: String
  /// False shows the rule, but never runs it.
  package var isEnabled: Bool?
  /// Paths of the tree under the root: `DIR/` is a directory's names, `*`, `?` and `[` in the last
  /// part make a pattern.
  package var inputs: [String]?
  /// The file that is made; a path of the tree under the root.
  package var product: FilePath?
  /// The service that reads the inputs: a name among the services, or a path of the tree.
  package var service: FilePath?
  package var verb: Verb?
  /// The program and its arguments; see `BuildCommand` for the places in them.
  package var command: [String]?
  /// The file that becomes the command's standard input; a path of the tree under the root.
  package var standardInput: FilePath?
  /// Who builds, where both we and a program of qmail can; nil as in the settings.
  package var builder: Settings.BuilderChoice?
  /// The names of the rules that must have succeeded first.
  package var after: [String]?
  package var timeout: Duration?
  package var isOpaque: Bool?
  package var isGuarded: Bool?
  /// The limits of a guarded rule; nil as in the settings.
  package var lossShare: Double?
  package var lossCount: Int?
  package var isSecret: Bool?
  /// Whether the product must be a sound .cdb; nil goes by its name.
  package var isDatabase: Bool?
  package var onlyIfProductExists: Bool?
  /// The user whose rights the command gets.
  package var user: String?

  /// What is done to a service.
  package enum Verb: String, CaseIterable, Equatable, Sendable { case reload, restart }

  package init(name: String) { self.name = name }
}

/// The keys of a rule in the configuration file.
enum RuleKey: String, CaseIterable {
  case enabled, inputs, product, service, verb, command, stdin, builder, after, timeout, opaque
  case guarded
  case lossShare = "loss_share"
  case lossCount = "loss_count"
  case secret, database
  case onlyIfProductExists = "only_if_product_exists"
  case user
}

extension RuleChange {
  /// Reads one rule; what is wrong is left to the table.
  init(_ name: String, from table: inout SettingsTable<RuleKey>) {
    self.name = name
    table.set(&isEnabled, .enabled, .flag)
    inputs = table.list(.inputs, of: .input, allowingNone: true)
    table.set(&product, .product, .absolutePath)
    table.set(&service, .service, .service)
    table.set(&verb, .verb, .word)
    command = table.list(.command, of: .argument)
    if command?.first == "" {
      table.refuse(
        SettingsPath("rules", name, RuleKey.command.rawValue), "expected a program as first word")
    }
    table.set(&standardInput, .stdin, .absolutePath)
    table.set(&builder, .builder, .word)
    after = table.list(.after, of: .text("the name of a rule"), allowingNone: true)
    table.set(&timeout, .timeout, .seconds(allowingZero: false))
    table.set(&isOpaque, .opaque, .flag)
    table.set(&isGuarded, .guarded, .flag)
    table.set(&lossShare, .lossShare, .share)
    table.set(&lossCount, .lossCount, .count)
    table.set(&isSecret, .secret, .flag)
    table.set(&isDatabase, .database, .flag)
    table.set(&onlyIfProductExists, .onlyIfProductExists, .flag)
    table.set(&user, .user, .text("the name of a user"))
  }

  /// What is wrong with the name of a rule; nil when it can be used.
  ///
  /// It is an argument of `--force` and, encoded, the name of a state file.
  static func complaint(aboutName name: String) -> String? {
    let isPlain = VisibleText.escape(name) == name && !name.hasPrefix("-")
    if isPlain, (1...80).contains(name.utf8.count) { return nil }
    return "expected a name of 1 to 80 printable bytes, without \\ and with no - at its start"
  }

  /// Whether the file says something under a key.
  func says(_ key: RuleKey) -> Bool {
    switch key {
    case .enabled: isEnabled != nil
    case .inputs: inputs != nil
    case .product: product != nil
    case .service: service != nil
    case .verb: verb != nil
    case .command: command != nil
    case .stdin: standardInput != nil
    case .builder: builder != nil
    case .after: after != nil
    case .timeout: timeout != nil
    case .opaque: isOpaque != nil
    case .guarded: isGuarded != nil
    case .lossShare: lossShare != nil
    case .lossCount: lossCount != nil
    case .secret: isSecret != nil
    case .database: isDatabase != nil
    case .onlyIfProductExists: onlyIfProductExists != nil
    case .user: user != nil
    }
  }
}
