package import SystemPackage
internal import SystemSupport

/// Rules in an order in which each comes after those that it depends on.
package struct RuleSet: Equatable, Sendable {
  /// The rules, dependencies first.
  package let rules: [Rule]
  /// For each rule the names of the rules that must have succeeded before it.
  package let dependencies: [String: Set<String>]

  /// Orders the rules, keeping the given order where nothing asks for another.
  ///
  /// A rule comes after those that it names in `after`, and after those whose products are among
  /// its inputs.
  ///
  /// - Throws: `RuleSetError` when no order exists, or two rules claim one name or product.
  package init(_ rules: [Rule]) throws(RuleSetError) {
    try Self.refuseDuplicates(in: rules)
    let dependencies = Self.dependencies(of: rules)
    var ordered: [Rule] = []
    var done: Set<String> = []
    var left = rules
    while !left.isEmpty {
      guard
        let next = left.firstIndex(where: { dependencies[$0.name, default: []].isSubset(of: done) })
      else { throw .cycle(Self.cycle(among: left, dependencies)) }
      let rule = left.remove(at: next)
      done.insert(rule.name)
      ordered.append(rule)
    }
    self.rules = ordered
    self.dependencies = dependencies
  }

  private init(_ rules: [Rule], dependencies: [String: Set<String>]) {
    self.rules = rules
    self.dependencies = dependencies
  }

  /// The rules that fulfil a condition, in the same order; what is left out is not waited for.
  func filtered(_ condition: (Rule) -> Bool) -> RuleSet {
    let left = rules.filter(condition)
    let names = Set(left.map(\.name))
    return RuleSet(
      left,
      dependencies: dependencies.filter { names.contains($0.key) }
        .mapValues { $0.intersection(names) })
  }

  /// The rule with a name.
  package subscript(name: String) -> Rule? { rules.first { $0.name == name } }

  private static func refuseDuplicates(in rules: [Rule]) throws(RuleSetError) {
    var names: Set<String> = []
    var makers: [FilePath: String] = [:]
    for rule in rules {
      if !names.insert(rule.name).inserted { throw .duplicateName(rule.name) }
      // A service may well have one rule that reloads it and another that restarts it.
      // One that is switched off may leave its product to another.
      guard case .file(let path, _) = rule.product, rule.offReason == nil else { continue }
      if let other = makers.updateValue(rule.name, forKey: path) {
        throw .duplicateProduct(path, other, rule.name)
      }
    }
  }

  private static func dependencies(of rules: [Rule]) -> [String: Set<String>] {
    let names = Set(rules.map(\.name))
    var makers: [FilePath: String] = [:]
    for rule in rules {
      guard case .file(let path, _) = rule.product else { continue }
      if rule.offReason == nil || makers[path] == nil { makers[path] = rule.name }
    }
    var result: [String: Set<String>] = [:]
    for rule in rules {
      let made = rule.inputs.compactMap { makers[$0.path] }
      result[rule.name] = Set(made).union(names.intersection(rule.after))
    }
    return result
  }

  /// One cycle, from a rule back to itself; every rule here waits for another one here.
  private static func cycle(among rules: [Rule], _ dependencies: [String: Set<String>]) -> [String]
  {
    let names = Set(rules.map(\.name))
    var path: [String] = []
    var current = rules.first?.name
    while let name = current, !path.contains(name) {
      path.append(name)
      current = dependencies[name, default: []].intersection(names).sorted().first
    }
    guard let current, let start = path.firstIndex(of: current) else { return path }
    return path[start...] + [current]
  }
}

/// Rules that cannot be together.
package enum RuleSetError: Error, Equatable, CustomStringConvertible {
  case cycle([String])
  case duplicateName(String)
  case duplicateProduct(FilePath, String, String)

  package var description: String {
    switch self {
    case .cycle(let names):
      "rules wait for each other in a circle: " + names.joined(separator: " after ")
    case .duplicateName(let name): "two rules have the name \(name)"
    case .duplicateProduct(let path, let first, let second):
      "two rules make \(path.visible): \(first) and \(second)"
    }
  }
}
