internal import SystemPackage

enum AbsolutePath: SettingKind {
  static let expected = "an absolute path"
  static func value(of text: String) -> FilePath? { text.hasPrefix("/") ? FilePath(text) : nil }
}

/// The name of a directory within another one.
enum ServiceName: SettingKind {
  static let expected = "the name of a service directory"
  static func value(of text: String) -> String? {
    text.isEmpty || text == "." || text == ".." || text.contains("/") ? nil : text
  }
}

/// A service directory: by its name among the services, or anywhere.
enum ServicePlace: SettingKind {
  static let expected = "the name of a service directory, or an absolute path"
  static func value(of text: String) -> FilePath? {
    AbsolutePath.value(of: text) ?? ServiceName.value(of: text).map { FilePath($0) }
  }
}

/// An absolute path that may be a directory with a slash at its end, or a pattern.
enum InputPath: SettingKind {
  static let expected = "an absolute path, with * ? [ ] in its last part only"
  static func value(of text: String) -> String? {
    let path = FilePath(text)
    let above = path.removingLastComponent().string
    return path.isAbsolute && !above.contains(where: { "*?[]".contains($0) }) ? text : nil
  }
}

enum UserName: SettingKind {
  static let expected = "the name of a user"
  static func value(of text: String) -> String? { text.isEmpty ? nil : text }
}

enum RuleName: SettingKind {
  static let expected = "the name of a rule"
  static func value(of text: String) -> String? { text.isEmpty ? nil : text }
}

/// A word of a command, which may be empty.
enum Argument: SettingKind {
  static let expected = "a string"
  static func value(of text: String) -> String? { text }
}

/// Any number of one kind.
enum ListOf<Element: SettingKind>: SettingKind {
  static var expected: String { "a list of strings" }
  static func value(of elements: [Setting<Element>]) -> [Element.Value]? {
    elements.compactMap(\.wrappedValue)
  }
}

/// One or more of one kind.
enum SomeOf<Element: SettingKind>: SettingKind {
  static var expected: String { ListOf<Element>.expected }
  static func value(of elements: [Setting<Element>]) -> [Element.Value]? {
    elements.isEmpty ? nil : ListOf.value(of: elements)
  }
}

/// A number of seconds up to a day, which may have a fraction.
enum Seconds: SettingKind {
  static let expected = "a number of seconds, 0 to 86400"
  static func value(of number: AnyNumber) -> Duration? {
    (0...86_400).contains(number.value) ? .seconds(number.value) : nil
  }
}

enum SomeSeconds: SettingKind {
  static let expected = "a number of seconds, more than 0, up to 86400"
  static func value(of number: AnyNumber) -> Duration? {
    number.value > 0 ? Seconds.value(of: number) : nil
  }
}

enum Share: SettingKind {
  static let expected = "a share from 0 to 1"
  static func value(of number: AnyNumber) -> Double? {
    (0...1).contains(number.value) ? number.value : nil
  }
}

enum Count: SettingKind {
  static let expected = "a whole number, 0 or more"
  static func value(of number: Int) -> Int? { number >= 0 ? number : nil }
}

/// One of the words of an enumeration.
enum Word<Choice: CaseIterable & RawRepresentable<String> & Equatable & Sendable>: SettingKind {
  static var expected: String {
    Choice.allCases.map { SettingsPath.quoted($0.rawValue) }.joined(separator: " or ")
  }
  static func value(of text: String) -> Choice? { Choice(rawValue: text) }
}

enum Flag: SettingKind {
  static let expected = "true or false"
  static func value(of flag: Bool) -> Bool? { flag }
}

/// A number with a fraction or without.
struct AnyNumber: Decodable {
  let value: Double

  init(from decoder: any Decoder) throws {
    value = try (try? Int(from: decoder)).map(Double.init) ?? Double(from: decoder)
  }
}
