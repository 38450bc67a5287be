internal import QmailFiles
internal import SystemPackage
internal import SystemSupport
internal import Updating

/// The paths whose changes can change a verdict.
struct InputPaths {
  private(set) var files: Set<FilePath> = []
  private(set) var directories: Set<FilePath> = []

  /// Lists what all rules depend on, whether they are present or not.
  init(_ rules: [Rule], _ settings: Settings, _ states: StateCache) {
    let root = settings.layout.root
    directories = [root("/etc/tcp"), root("/etc/tcprules.d")]
    for rule in rules {
      for input in rule.inputs { add(input) }
      if case .file(let path, _) = rule.product { files.insert(path) }
      for key in states.state(of: rule.name).record?.reported ?? [] { add(reported: key) }
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

  /// A builder's own report: a directory ends in a slash, the beginning of names in an asterisk.
  private mutating func add(reported key: String) {
    switch key.last {
    case "/": directories.insert(FilePath(key))
    case "*": directories.insert(FilePath(key).removingLastComponent())
    default: files.insert(FilePath(key))
    }
  }
}
