internal import SystemPackage
internal import SystemSupport

/// What the configuration file says of one rule: a new one, or changes to a built-in one.
///
/// Nil leaves a property as it is.
struct RuleChange: Decodable, Equatable, Sendable {
  /// The rule's name, which is the key of its table.
  var name = ""
  /// False shows the rule, but never runs it.
  @Setting<Flag> var isEnabled: Bool?
  /// Paths of the tree under the root: `DIR/` is a directory's names, `*`, `?` and `[` in the last
  /// part make a pattern.
  @Setting<ListOf<InputPath>> var inputs: [String]?
  /// The file that is made; a path of the tree under the root.
  @Setting<AbsolutePath> var product: FilePath?
  /// The service that reads the inputs: a name among the services, or a path of the tree.
  @Setting<ServicePlace> var service: FilePath?
  @Setting<Word<Verb>> var verb: Verb?
  /// The program and its arguments; see `BuildCommand` for the places in them.
  @Setting<SomeOf<Argument>> var command: [String]?
  /// The file that becomes the command's standard input; a path of the tree under the root.
  @Setting<AbsolutePath> var standardInput: FilePath?
  /// Who builds, where both we and a program of qmail can; nil as in the settings.
  @Setting<Word<Settings.BuilderChoice>> var builder: Settings.BuilderChoice?
  /// The names of the rules that must have succeeded first.
  @Setting<ListOf<RuleName>> var after: [String]?
  @Setting<SomeSeconds> var timeout: Duration?
  @Setting<Flag> var isOpaque: Bool?
  @Setting<Flag> var isGuarded: Bool?
  /// The limits of a guarded rule; nil as in the settings.
  @Setting<Share> var lossShare: Double?
  @Setting<Count> var lossCount: Int?
  @Setting<Flag> var isSecret: Bool?
  /// Whether the product must be a sound .cdb; nil goes by its name.
  @Setting<Flag> var isDatabase: Bool?
  @Setting<Flag> var onlyIfProductExists: Bool?
  /// The user whose rights the command gets.
  @Setting<UserName> var user: String?

  /// What is done to a service.
  enum Verb: String, CaseIterable { case reload, restart }

  enum CodingKeys: String, CodingKey, CaseIterable {
    case isEnabled = "enabled"
    case inputs, product, service, verb, command
    case standardInput = "stdin"
    case builder, after, timeout
    case isOpaque = "opaque"
    case isGuarded = "guarded"
    case lossShare = "loss_share"
    case lossCount = "loss_count"
    case isSecret = "secret"
    case isDatabase = "database"
    case onlyIfProductExists = "only_if_product_exists"
    case user
  }
}

extension RuleChange {
  init(name: String) { self.name = name }

  /// The place of its table in the file.
  var place: SettingsPath { SettingsPath("rules", name) }

  /// Whether the name can be an argument of `--force` and, encoded, the name of a state file.
  var hasUsableName: Bool {
    VisibleText.escape(name) == name && !name.hasPrefix("-") && (1...80).contains(name.utf8.count)
  }

  /// Whether the file says something under a key.
  func says(_ key: CodingKeys) -> Bool {
    switch key {
    case .isEnabled: isEnabled != nil
    case .inputs: inputs != nil
    case .product: product != nil
    case .service: service != nil
    case .verb: verb != nil
    case .command: command != nil
    case .standardInput: standardInput != nil
    case .builder: builder != nil
    case .after: after != nil
    case .timeout: timeout != nil
    case .isOpaque: isOpaque != nil
    case .isGuarded: isGuarded != nil
    case .lossShare: lossShare != nil
    case .lossCount: lossCount != nil
    case .isSecret: isSecret != nil
    case .isDatabase: isDatabase != nil
    case .onlyIfProductExists: onlyIfProductExists != nil
    case .user: user != nil
    }
  }
}
