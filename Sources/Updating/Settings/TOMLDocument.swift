internal import TOMLKit

/// A value of a TOML document.
enum TOMLNode: Equatable, Sendable {
  case string(String)
  case integer(Int)
  case number(Double)
  case flag(Bool)
  case list([TOMLNode])
  case table([String: TOMLNode])
  /// A date or a time, which no setting is.
  case moment
}

/// The text of a TOML document as values; the only place that knows the TOML library.
enum TOMLDocument {
  /// What is wrong with a text, and in which line.
  struct SyntaxError: Error, Equatable {
    let line: Int
    let reason: String
  }

  /// Parses a whole document.
  ///
  /// - Parameter text: The document, without zero bytes: the library would take one for the end.
  /// - Returns: The top table.
  /// - Throws: `SyntaxError` at the first place that is not TOML.
  static func parse(_ text: String) throws(SyntaxError) -> [String: TOMLNode] {
    do {
      return contents(of: try TOMLTable(string: text))
    } catch let error as TOMLParseError {
      let reason = error.description.trimmingPrefix("Error while ")
      throw SyntaxError(line: error.source.begin.line, reason: String(reason))
    } catch {
      throw SyntaxError(line: 1, reason: "\(error)")
    }
  }

  private static func contents(of table: TOMLTable) -> [String: TOMLNode] {
    var result: [String: TOMLNode] = [:]
    // The library's own iterator traps on a key that holds a zero byte.
    for key in table.keys { result[key] = table[key].map(node) ?? .moment }
    return result
  }

  private static func node(_ value: any TOMLValueConvertible) -> TOMLNode {
    if let text = value.string { return .string(text) }
    if let flag = value.bool { return .flag(flag) }
    if let integer = value.int { return .integer(integer) }
    if let number = value.double { return .number(number) }
    if let list = value.array { return .list(list.map(node)) }
    if let table = value.table { return .table(contents(of: table)) }
    return .moment
  }
}

extension TOMLNode {
  /// The value for a message: as it was written, or what it is.
  var shown: String {
    switch self {
    case .string(let text): SettingsPath.quoted(text)
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    case .list: "a list"
    case .table: "a table"
    case .moment: "a date or time"
    }
  }
}
