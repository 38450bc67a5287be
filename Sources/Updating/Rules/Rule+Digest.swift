internal import SystemPackage
package import SystemSupport

extension Rule {
  /// The digest of all that decides what the product will be.
  ///
  /// What only decides when and how carefully the rule is run (order, timeout, limits) is left out.
  package func digest(key: ContentDigest.Key) -> ContentDigest {
    var words = [name, product.path.string]
    for input in inputs { words += [input.kind.rawValue, input.path.string] }
    switch action {
    case .build(let builder): words += ["build", builder.rawValue]
    case .command(let command):
      words += ["command"] + command.arguments
      words += [command.standardInput?.string ?? "", user ?? ""]
    case .reload: words.append("reload")
    case .restart: words.append("restart")
    }
    return ContentDigest(of: words.flatMap { Array($0.utf8) + [0] }, key: key)
  }
}
