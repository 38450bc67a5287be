internal import QmailFiles
package import SystemPackage
internal import SystemSupport

/// What must be watched so that no rule becomes stale, appears or loses its product unseen.
package struct WatchList: Equatable {
  /// Files, which need not exist.
  package private(set) var files: Set<FilePath> = []
  /// Directories in which names count.
  private(set) var directories: Set<FilePath> = []
  /// Directories in which only names with these beginnings count.
  private(set) var prefixes: [FilePath: Set<String>] = [:]
  /// The products among the files, with the rules that make them.
  private(set) var products: [FilePath: String] = [:]

  /// Lists what all rules, present or not, depend on.
  package init(_ rules: [Rule], _ settings: Settings, _ states: StateCache) {
    let root = settings.layout.root
    // New files here make new rules.
    directories = [root("/etc/tcp"), root("/etc/tcprules.d"), settings.servicesDirectory]
    for rule in rules {
      rule.inputs.forEach { add($0) }
      if case .file(let path, _) = rule.product {
        files.insert(path)
        products[path] = rule.name
      }
      for key in states.state(of: rule.name).reportedInputs { add(reported: key) }
    }
  }

  private mutating func add(_ input: Input) {
    switch input.kind {
    case .file: files.insert(input.path)
    case .listing: directories.insert(input.path)
    case .glob: directories.insert(input.path.removingLastComponent())
    }
    if let original = input.standsInFor { files.insert(original) }
  }

  private mutating func add(reported key: String) {
    let path = FilePath(key)
    switch key.last {
    case "/": directories.insert(path)
    case "*":
      let prefix = String(path.lastComponent?.string.dropLast() ?? "")
      prefixes[path.removingLastComponent(), default: []].insert(prefix)
    default: files.insert(path)
    }
  }

  /// Every directory whose names are to be reported.
  package var watchedDirectories: Set<FilePath> { directories.union(prefixes.keys) }

  /// Whether a reported path is one that counts.
  package func counts(_ path: FilePath) -> Bool {
    let parent = path.removingLastComponent()
    if files.contains(path) || directories.contains(parent) || directories.contains(path) {
      return true
    }
    // Elsewhere it is a directory on the way to something that counts, which came or went.
    guard let beginnings = prefixes[parent] else { return true }
    let name = path.lastComponent?.string ?? ""
    return beginnings.contains { name.hasPrefix($0) }
  }
}
