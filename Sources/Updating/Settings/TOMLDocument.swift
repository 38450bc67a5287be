internal import TOMLKit

/// A TOML document; the only place that knows the TOML library.
struct TOMLDocument {
  /// What is wrong with a text, and in which line.
  struct SyntaxError: Error, Equatable {
    let line: Int
    let reason: String
  }

  private let table: TOMLTable

  /// Parses a whole document.
  ///
  /// - Parameter text: The document, without zero bytes: the library would take one for the end.
  /// - Throws: `SyntaxError` at the first place that is not TOML.
  init(_ text: String) throws(SyntaxError) {
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let reason = error.description.trimmingPrefix("Error while ")
      throw SyntaxError(line: error.source.begin.line, reason: String(reason))
    } catch {
      throw SyntaxError(line: 1, reason: "\(error)")
    }
  }

  /// The keys of a table; none where there is no table.
  func keys(of path: SettingsPath = SettingsPath()) -> [String] {
    // The library's own iterator traps on a key that holds a zero byte.
    value(at: path)?.table?.keys ?? []
  }

  /// A value for a message: as it was written, or what it is.
  func shown(at path: SettingsPath) -> String {
    guard let value = value(at: path) else { return "nothing" }
    return switch value.type {
    case .string: SettingsPath.quoted(value.string ?? "")
    case .int, .double, .bool: value.debugDescription
    case .array: value.array?.isEmpty == true ? "an empty list" : "a list"
    case .table: "a table"
    case .date, .time, .dateTime: "a date or time"
    }
  }

  /// Decodes the document; keys that were not asked for are an error.
  ///
  /// - Throws: `SettingMismatch` where decoding cannot go on, else `UnknownKeys`.
  func decode<Value: Decodable>(
    _ type: Value.Type, userInfo: [CodingUserInfoKey: Any]
  ) throws -> Value {
    var decoder = TOMLDecoder(strictDecoding: true)
    decoder.userInfo = userInfo
    do {
      return try decoder.decode(type, from: table)
    } catch is UnexpectedKeysError {
      throw UnknownKeys()
    } catch DecodingError.typeMismatch(let type, let context) {
      throw SettingMismatch(
        path: SettingsPath(context.codingPath),
        expected: type is TOMLTable.Type ? "a table" : "another value")
    }
  }

  /// There are keys that nobody asked for.
  struct UnknownKeys: Error {}

  private func value(at path: SettingsPath) -> (any TOMLValueConvertible)? {
    path.steps.reduce(table) { value, step in
      switch step {
      case .key(let key): value?.table?[key]
      case .index(let index): value?.array?[index]
      }
    }
  }
}
