package import SystemPackage
package import SystemSupport

/// A run of a tool with fixed names that leaves its real product alone.
///
/// newaliases and its like write beside what they read, under names that nobody can choose. For a
/// rehearsal the directory of the product is covered by a private one that holds copies of the
/// rule's inputs; all other files are read-only to the tool.
package struct Rehearsal {
  /// What the tool sees.
  package let view: PrivateView

  /// Whether a rule's tool is known to be content with that.
  package static func isPossible(for rule: Rule) -> Bool {
    guard case .command(let command) = rule.action, case .file = rule.product else { return false }
    return command.isRehearsable && rule.user == nil
  }

  /// Fills the private directory.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - directory: A directory that is private, ours and empty; the tool makes the product in it.
  /// - Throws: `SystemError` when an input cannot be copied.
  package init(of rule: Rule, in directory: FilePath) throws(SystemError) {
    let covered = try FileReading.resolved(rule.product.path.removingLastComponent())
    view = PrivateView(showing: directory, as: covered)
    for name in try FileReading.names(in: covered) {
      try Self.copyLink(covered.appending(name), into: directory)
    }
    // Without the loader's cache a program may not find its libraries.
    let cache = covered.appending("ld.so.cache")
    for path in rule.inputs.filter({ $0.kind == .file }).map(\.path) + [cache] {
      try Self.copy(path, from: covered, into: directory)
    }
  }

  /// Copies a symbolic link: what it leads to is there as before.
  private static func copyLink(_ path: FilePath, into directory: FilePath) throws(SystemError) {
    guard try FileStatus.of(path, followingLinks: false)?.kind == .link,
      let name = path.lastComponent
    else { return }
    try FileOperations.copyLink(path, to: directory.appending(name))
  }

  /// Copies a file that the covered directory hides.
  private static func copy(
    _ path: FilePath, from covered: FilePath, into directory: FilePath
  ) throws(SystemError) {
    guard try FileStatus.of(path)?.kind == .regular else { return }
    var place = try FileReading.resolved(path)
    guard place.removePrefix(covered) else { return }
    let target = directory.pushing(place)
    guard try FileStatus.of(target, followingLinks: false) == nil else { return }
    try FileOperations.makeDirectory(target.removingLastComponent(), mode: 0o700)
    try FileReplacement.write(
      try FileReading.contents(of: path), to: target, mode: 0o600, durably: false)
  }
}
