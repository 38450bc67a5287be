/// What the values of a setting are, of those that TOML can write.
protocol SettingKind {
  /// How it is written.
  associatedtype Written: Decodable
  associatedtype Value: Equatable & Sendable

  /// What is expected, as it follows the word in a message.
  static var expected: String { get }
  /// The value that is meant; nil when it is none.
  static func value(of written: Written) -> Value?
}

/// A value of a kind; nil where the configuration file says nothing.
///
/// Decoding never fails: what is wrong becomes a problem of the file, so that all of it is told.
@propertyWrapper struct Setting<Kind: SettingKind>: Decodable, Equatable, Sendable {
  var wrappedValue: Kind.Value?

  init() {}

  init(from decoder: any Decoder) {
    wrappedValue = (try? Kind.Written(from: decoder)).flatMap(Kind.value)
    guard wrappedValue == nil else { return }
    SettingsProblems.of(decoder)?.refuse(
      SettingsPath(decoder.codingPath), expected: Kind.expected)
  }
}

/// A value of another type than is expected, where decoding cannot go on.
struct SettingMismatch: Error {
  let path: SettingsPath
  let expected: String
}

extension KeyedDecodingContainer {
  /// The setting under a key, which may be absent; the compiler puts this call where a type has a
  /// property so wrapped.
  func decode<Kind>(_ type: Setting<Kind>.Type, forKey key: Key) throws -> Setting<Kind> {
    do {
      return try decodeIfPresent(type, forKey: key) ?? Setting()
    } catch {
      // The TOML library does not even try to decode a date as something else.
      throw SettingMismatch(path: SettingsPath(codingPath + [key]), expected: Kind.expected)
    }
  }

  /// The value of a setting; nil where the file says nothing.
  func value<Kind: SettingKind>(_ key: Key, _ kind: Kind.Type) throws -> Kind.Value? {
    try decode(Setting<Kind>.self, forKey: key).wrappedValue
  }
}
