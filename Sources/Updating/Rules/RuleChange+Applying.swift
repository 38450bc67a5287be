internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// What a rule of the configuration lacks or says in vain.
package struct RuleChangeError: Error, Equatable, CustomStringConvertible {
  /// The rule's name.
  package let rule: String
  /// The key that is meant; nil for the whole rule.
  package let key: String?
  /// What was expected.
  package let expected: String

  /// The place in the file.
  var path: SettingsPath {
    let path = SettingsPath("rules", rule)
    return key.map { path.appending($0) } ?? path
  }

  package var description: String { "\(path): expected \(expected)" }
}

extension RuleChange {
  /// The rules with this change: one of them changed, or a new one at the end.
  ///
  /// Changes to a built-in rule that is not here, for want of its program or service, wait for it.
  func applied(to rules: [Rule], _ settings: Settings) throws(RuleChangeError) -> [Rule] {
    guard hasUsableName else {
      throw expected("a name of 1 to 80 printable bytes, without \\ and with no - at its start")
    }
    if command?.first == "" { throw expected("a program as first word", .command) }
    if let unknown = command.map({ BuildCommand($0).unknownPlaces })?.first {
      let places = BuildCommand.allPlaces.joined(separator: ", ")
      let plain = "{ \(unknown.dropFirst().dropLast()) }"
      throw expected(
        "one of \(places), found \(unknown); a blank in it, \(plain), makes it none", .command)
    }
    var rules = rules
    if let index = rules.firstIndex(where: { $0.name == name }) {
      try change(&rules[index], settings)
    } else if says(.product) || says(.service) || !BuiltInRules.isName(name) {
      var rule = try newRule(settings)
      try change(&rule, settings)
      rules.append(rule)
    }
    return rules
  }

  private func newRule(_ settings: Settings) throws(RuleChangeError) -> Rule {
    if let service {
      if says(.product) { throw expected("either a product or a service", .service) }
      return Rule(
        name, inputs: [], product: .service(Self.directory(of: service, settings)),
        action: .reload)
    }
    guard let product else {
      throw expected("a product or a service, since no built-in rule has this name")
    }
    guard let command else { throw expected("a command, which makes the product") }
    return Rule(
      name, inputs: [],
      product: .file(settings.layout.root(product), isDatabase: product.extension == "cdb"),
      action: .command(BuildCommand(command)))
  }

  private func change(_ rule: inout Rule, _ settings: Settings) throws(RuleChangeError) {
    try refuseUnfit(for: rule)
    if isEnabled == false { rule.offReason = "switched off by the configuration" }
    changeProduct(of: &rule, settings)
    changeAction(of: &rule, settings)
    try changeInputs(of: &rule, settings)
    if let after { rule.after = after }
    if let timeout { rule.timeout = timeout }
    if let isOpaque { rule.isOpaque = isOpaque }
    if let isSecret { rule.isSecret = isSecret }
    if let user { rule.user = user }
    switch onlyIfProductExists {
    case true?: rule.presence = .whereProductExists
    case false? where rule.presence == .whereProductExists: rule.presence = .always
    default: break
    }
    try changeLimit(of: &rule, settings)
  }

  private func expected(_ what: String, _ key: CodingKeys? = nil) -> RuleChangeError {
    RuleChangeError(rule: name, key: key?.rawValue, expected: what)
  }
}

// MARK: - What cannot be said of a rule

extension RuleChange {
  private func refuseUnfit(for rule: Rule) throws(RuleChangeError) {
    let ofFiles: [CodingKeys] = [
      .product, .command, .standardInput, .builder, .lossShare, .lossCount, .isDatabase,
      .onlyIfProductExists, .user,
    ]
    if let key = (rule.isService ? ofFiles : [.service, .verb]).first(where: says) {
      let product = rule.isService ? "service" : "file"
      throw expected("no \(key.rawValue), since the rule's product is a \(product)", key)
    }
    if builder != nil {
      guard BuiltInRules.isBuiltByBoth(name) else {
        throw expected(
          "no builder but for " + BuiltInRules.builtByBoth.joined(separator: ", "), .builder)
      }
      if command != nil { throw expected("either a builder or a command", .builder) }
    }
    guard case .build = rule.action, command == nil else { return }
    if let key = [.standardInput, .user].first(where: says) {
      throw expected("no \(key.rawValue), since the rule runs no command", key)
    }
  }
}

// MARK: - Product, action, inputs

extension RuleChange {
  private func changeProduct(of rule: inout Rule, _ settings: Settings) {
    switch rule.product {
    case .service:
      if let service { rule.product = .service(Self.directory(of: service, settings)) }
    case .file(let path, let isSoFar):
      rule.product = .file(
        product.map { settings.layout.root($0) } ?? path, isDatabase: isDatabase ?? isSoFar)
    }
  }

  private func changeAction(of rule: inout Rule, _ settings: Settings) {
    switch verb {
    case .reload?: rule.action = .reload
    case .restart?: rule.action = .restart
    case nil: break
    }
    var old: BuildCommand?
    if case .command(let command) = rule.action { old = command }
    guard var new = command.map({ BuildCommand($0) }) ?? old else { return }
    new.standardInput =
      standardInput.map { settings.layout.root($0) } ?? old?.standardInput
    rule.action = .command(new)
  }

  private func changeInputs(of rule: inout Rule, _ settings: Settings) throws(RuleChangeError) {
    if let inputs {
      let old = rule.inputs
      rule.inputs = inputs.map { text in
        let input = input(text, of: rule, settings)
        // What is known of an input that stays, stays.
        return old.first { $0.path == input.path && $0.kind == input.kind } ?? input
      }
    }
    if rule.inputs.isEmpty, !(isOpaque ?? rule.isOpaque) {
      throw expected("inputs, since the rule is not opaque", says(.inputs) ? .inputs : nil)
    }
    // What the command reads counts, whether or not it is also named among the inputs.
    if case .command(let command) = rule.action, let read = command.standardInput,
      !rule.inputs.contains(where: { $0.kind == .file && $0.path == read })
    {
      rule.inputs.append(Input(read, isRequired: true))
    }
    if case .build = rule.action, rule.inputs.count != 1 || rule.inputs[0].kind != .file {
      throw expected("one file, which is all that our own builder reads", .inputs)
    }
  }

  /// An input as the configuration writes it.
  private func input(_ text: String, of rule: Rule, _ settings: Settings) -> Input {
    let path = settings.layout.root(FilePath(text))
    if text.hasSuffix("/") { return Input(path, kind: .listing) }
    let last = path.lastComponent?.string ?? ""
    if last.contains(where: { "*?[".contains($0) }) { return Input(path, kind: .glob) }
    guard case .command(let command) = rule.action else { return Input(path) }
    // A command cannot even start without its standard input.
    return Input(path, isRequired: command.standardInput == path)
  }

  private static func directory(of service: FilePath, _ settings: Settings) -> FilePath {
    service.isAbsolute
      ? settings.layout.root(service) : settings.servicesDirectory.pushing(service)
  }
}

// MARK: - The guard

extension RuleChange {
  private func changeLimit(of rule: inout Rule, _ settings: Settings) throws(RuleChangeError) {
    if let isGuarded { rule.lossLimit = isGuarded ? settings.lossLimit : nil }
    guard var limit = rule.lossLimit else {
      guard let key = [.lossShare, .lossCount].first(where: says) else { return }
      throw expected("guarded = true beside it, since nothing is held back otherwise", key)
    }
    if let lossShare { limit.share = lossShare }
    if let lossCount { limit.count = lossCount }
    rule.lossLimit = limit
    let key = says(.isGuarded) ? CodingKeys.isGuarded : nil
    guard case .file(_, isDatabase: true) = rule.product else {
      throw expected("a .cdb as product, since records are counted", key)
    }
    if case .command(let command) = rule.action, !command.mentions(BuildCommand.candidate) {
      throw expected(
        "\(BuildCommand.candidate) in the command, since a guarded product is inspected first",
        says(.command) ? .command : key)
    }
  }
}
