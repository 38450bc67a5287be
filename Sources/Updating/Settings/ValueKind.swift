internal import QmailFiles
internal import SystemPackage

/// What a setting may be, in words and as a function.
struct ValueKind<Value> {
  /// What is expected, as it follows the word in a message.
  let expected: String
  /// The value that a node stands for; nil when it is none.
  let read: (TOMLNode) -> Value?

  init(_ expected: String, _ read: @escaping (TOMLNode) -> Value?) {
    self.expected = expected
    self.read = read
  }
}

extension ValueKind where Value == Bool {
  static var flag: Self {
    Self("true or false") { if case .flag(let flag) = $0 { flag } else { nil } }
  }
}

extension ValueKind where Value == String {
  /// Text that is not empty.
  static func text(_ expected: String) -> Self {
    Self(expected) { if case .string(let text) = $0, !text.isEmpty { text } else { nil } }
  }

  /// A word of a command, which may be empty.
  static var argument: Self {
    Self("a string") { if case .string(let text) = $0 { text } else { nil } }
  }

  /// The name of a directory within another one.
  static var serviceName: Self {
    Self("the name of a service directory") { node in
      if case .string(let text) = node, isName(text) { text } else { nil }
    }
  }

  /// An absolute path that may be a directory with a slash at its end, or a pattern.
  static var input: Self {
    Self("an absolute path, with * ? [ ] in its last part only") { node in
      guard case .string(let text) = node else { return nil }
      let path = FilePath(text)
      let above = path.removingLastComponent().string
      return path.isAbsolute && !above.contains(where: { "*?[]".contains($0) }) ? text : nil
    }
  }

  fileprivate static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".." && !text.contains("/")
  }
}

extension ValueKind where Value == FilePath {
  static var absolutePath: Self {
    Self("an absolute path") { node in
      if case .string(let text) = node, text.hasPrefix("/") { FilePath(text) } else { nil }
    }
  }

  /// A service directory: by its name among the services, or anywhere.
  static var service: Self {
    Self("the name of a service directory, or an absolute path") { node in
      guard case .string(let text) = node else { return nil }
      return text.hasPrefix("/") || ValueKind<String>.isName(text) ? FilePath(text) : nil
    }
  }
}

extension ValueKind where Value == Duration {
  /// A number of seconds up to a day, which may have a fraction.
  static func seconds(allowingZero: Bool) -> Self {
    Self("a number of seconds, " + (allowingZero ? "0 to 86400" : "more than 0, up to 86400")) {
      guard let number = $0.anyNumber, number >= 0, number <= 86_400 else { return nil }
      return number > 0 || allowingZero ? .seconds(number) : nil
    }
  }
}

extension ValueKind where Value == Double {
  static var share: Self {
    Self("a share from 0 to 1") { node in
      node.anyNumber.flatMap { (0...1).contains($0) ? $0 : nil }
    }
  }
}

extension ValueKind where Value == Int {
  static var count: Self {
    Self("a whole number, 0 or more") {
      if case .integer(let number) = $0, number >= 0 { number } else { nil }
    }
  }
}

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
  /// One of the words of an enumeration.
  static var word: Self {
    let words = Value.allCases.map { SettingsPath.quoted($0.rawValue) }
    return Self(words.joined(separator: " or ")) {
      if case .string(let text) = $0 { Value(rawValue: text) } else { nil }
    }
  }
}

extension TOMLNode {
  /// A whole number or one with a fraction.
  fileprivate var anyNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
