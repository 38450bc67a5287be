/// Collects what is wrong with a configuration file.
final class SettingsProblems {
  private let document: TOMLDocument
  private let lines: KeyLines
  private var found: [SettingsError.Problem] = []

  init(_ document: TOMLDocument, _ lines: KeyLines) {
    self.document = document
    self.lines = lines
  }

  private static let key = CodingUserInfoKey(rawValue: "problems")

  /// What makes a decoder bring its problems here.
  var userInfo: [CodingUserInfoKey: Any] { Self.key.map { [$0: self] } ?? [:] }

  /// Where a decoder brings its problems.
  static func of(_ decoder: any Decoder) -> SettingsProblems? {
    key.flatMap { decoder.userInfo[$0] } as? SettingsProblems
  }

  /// All of them, in the order of the lines.
  var all: [SettingsError.Problem] {
    found.sorted { ($0.line ?? 0, $0.key) < ($1.line ?? 0, $1.key) }
  }

  /// A place holds something else than is expected there.
  func refuse(_ path: SettingsPath, expected: String) {
    add(path, "expected \(expected), found \(document.shown(at: path))")
  }

  /// Whether the file holds something at a place.
  func says(_ path: SettingsPath) -> Bool { lines[path] != nil }

  /// Something is wrong at a place.
  func add(_ path: SettingsPath, _ reason: String) {
    found.append(.init(line: lines[path], key: path.description, reason: reason))
  }

  /// Adds each key that is none of those of its table.
  func addUnknownKeys() {
    addKeys(of: SettingsPath(), otherThan: Settings.CodingKeys.self)
    addKeys(of: SettingsPath("limits"), otherThan: Settings.LimitKeys.self)
    for rule in document.keys(of: SettingsPath("rules")) {
      addKeys(of: SettingsPath("rules", rule), otherThan: RuleChange.CodingKeys.self)
    }
  }

  private func addKeys<Key: CodingKey & CaseIterable>(
    of table: SettingsPath, otherThan keys: Key.Type
  ) {
    let known = keys.allCases.map(\.stringValue)
    for key in document.keys(of: table) where !known.contains(key) {
      add(table.appending(key), "unknown key, " + Spelling.advice(key, known))
    }
  }
}
