internal import SystemPackage
internal import SystemSupport
internal import QmailFiles

/// What a rule of the configuration lacks or says in vain.
package struct RuleChangeError: Error, Equatable, CustomStringConvertible {
  /// The rule's name.
  package let rule: String
  /// What was expected.
  package let expected: String

  package var description: String { "rules.\"\(VisibleText.escape(rule))\": \(expected)" }
}

extension RuleChange {
  /// The rules with this change: one of them changed, or a new one at the end.
  func applied(to rules: [Rule], _ settings: Settings) throws(RuleChangeError) -> [Rule] {
    var rules = rules
    if let index = rules.firstIndex(where: { $0.name == name }) {
      try change(&rules[index], settings)
    } else if isEnabled != false {
      rules.append(try newRule(settings))
    }
    return rules
  }

  private func newRule(_ settings: Settings) throws(RuleChangeError) -> Rule {
    guard let inputs, !inputs.isEmpty else { throw expected("inputs, since it is a new rule") }
    var rule: Rule
    if let product {
      guard let command else { throw expected("a command that makes the product") }
      rule = Rule(
        name, inputs: [],
        product: .file(
          settings.layout.root(product), isDatabase: isDatabase ?? (product.extension == "cdb")),
        action: .command(BuildCommand(command)))
    } else if let service {
      rule = Rule(
        name, inputs: [], product: .service(settings.servicesDirectory.pushing(service)),
        action: verb == .restart ? .restart : .reload)
    } else {
      throw expected("a product or a service, since it is a new rule")
    }
    try change(&rule, settings)
    return rule
  }

  private func change(_ rule: inout Rule, _ settings: Settings) throws(RuleChangeError) {
    if isEnabled == false { rule.offReason = "switched off by the configuration" }
    if let inputs { rule.inputs = inputs.map { Self.input($0, settings) } }
    try changeAction(of: &rule, settings)
    if let after { rule.after = after }
    if let timeout { rule.timeout = timeout }
    if let isOpaque { rule.isOpaque = isOpaque }
    if let isSecret { rule.isSecret = isSecret }
    if let user { rule.user = user }
    if let onlyIfProductExists, onlyIfProductExists { rule.presence = .whereProductExists }
    if let isGuarded { rule.lossLimit = isGuarded ? settings.lossLimit : nil }
    if rule.lossLimit != nil, case .command(let command) = rule.action,
      !command.mentions(BuildCommand.candidate)
    {
      throw expected("{candidate} in the command, since a guarded product is inspected first")
    }
  }

  private func changeAction(
    of rule: inout Rule, _ settings: Settings
  ) throws(RuleChangeError) {
    switch rule.product {
    case .file:
      if verb != nil { throw expected("no verb, since its product is a file") }
      if let command { rule.action = .command(BuildCommand(command)) }
      if let standardInput, case .command(var command) = rule.action {
        command.standardInput = settings.layout.root(standardInput)
        rule.action = .command(command)
      }
    case .service:
      if command != nil { throw expected("no command, since its product is a service") }
      if let verb { rule.action = verb == .restart ? .restart : .reload }
    }
  }

  /// An input as the configuration writes it: `DIR/` is a directory, `*` and `?` make a pattern.
  private static func input(_ text: String, _ settings: Settings) -> Input {
    let path = settings.layout.root(FilePath(text))
    if text.hasSuffix("/") { return Input(path, kind: .listing) }
    let last = path.lastComponent?.string ?? ""
    return Input(path, kind: last.contains { "*?[".contains($0) } ? .glob : .file)
  }

  private func expected(_ what: String) -> RuleChangeError {
    RuleChangeError(rule: name, expected: "expected \(what)")
  }
}
