/// One table of the configuration file, read key by key; what is wrong is collected, not thrown.
struct SettingsTable<Key: CaseIterable & RawRepresentable<String>> {
  private let contents: [String: TOMLNode]
  private let path: SettingsPath
  private(set) var findings: [SettingsFinding] = []

  /// Begins to read; keys that do not exist are found at once.
  init(_ contents: [String: TOMLNode], at path: SettingsPath) {
    self.contents = contents
    self.path = path
    let known = Key.allCases.map(\.rawValue)
    for key in contents.keys where !known.contains(key) {
      findings.append(
        SettingsFinding(path.appending(key), "unknown key, " + Spelling.advice(key, known)))
    }
  }

  /// The value of a key; nil when it is absent or wrong.
  mutating func value<Value>(_ key: Key, _ kind: ValueKind<Value>) -> Value? {
    contents[key.rawValue].flatMap { read($0, kind, at: path.appending(key.rawValue)) }
  }

  /// Puts the value of a key into its place, if there is one.
  mutating func set<Value>(_ target: inout Value, _ key: Key, _ kind: ValueKind<Value>) {
    if let value = value(key, kind) { target = value }
  }

  /// Puts the value of a key into its place, if there is one.
  mutating func set<Value>(_ target: inout Value?, _ key: Key, _ kind: ValueKind<Value>) {
    if let value = value(key, kind) { target = value }
  }

  /// The elements of a list that is not empty unless it may be; nil when any of them is wrong.
  mutating func list<Element>(
    _ key: Key, of kind: ValueKind<Element>, allowingNone: Bool = false
  ) -> [Element]? {
    guard let node = contents[key.rawValue] else { return nil }
    let place = path.appending(key.rawValue)
    guard case .list(let nodes) = node, allowingNone || !nodes.isEmpty else {
      let found = node == .list([]) ? "an empty one" : node.shown
      refuse(place, "expected a list of strings, found \(found)")
      return nil
    }
    let elements = nodes.enumerated().map { read($1, kind, at: place.appending($0)) }
    return elements.contains { $0 == nil } ? nil : elements.compactMap(\.self)
  }

  /// The contents of a table; empty when it is absent or wrong.
  mutating func table(_ key: Key) -> [String: TOMLNode] {
    guard let node = contents[key.rawValue] else { return [:] }
    if case .table(let table) = node { return table }
    refuse(path.appending(key.rawValue), "expected a table, found \(node.shown)")
    return [:]
  }

  /// The value of a node; nil when it is wrong.
  mutating func read<Value>(
    _ node: TOMLNode, _ kind: ValueKind<Value>, at place: SettingsPath
  ) -> Value? {
    if let value = kind.read(node) { return value }
    refuse(place, "expected \(kind.expected), found \(node.shown)")
    return nil
  }

  /// Adds what is wrong at a place.
  mutating func refuse(_ place: SettingsPath, _ reason: String) {
    findings.append(SettingsFinding(place, reason))
  }

  /// Adds what was found in a table within this one.
  mutating func add(_ more: [SettingsFinding]) { findings += more }
}

/// Something in the configuration file that cannot be used.
struct SettingsFinding: Equatable, Sendable {
  let path: SettingsPath
  let reason: String

  init(_ path: SettingsPath, _ reason: String) {
    self.path = path
    self.reason = reason
  }
}
