package import QmailFiles
package import SystemPackage
internal import SystemSupport

/// `control/auth.vars`: variables that qmail-smtpd gets when somebody logs in.
///
/// Lines are `LOGIN NAME="value" NAME="value"...`, with blanks or commas between; empty lines and
/// those with `#` in the first column are none, as in every control file. A value holds no quote:
/// qmail-smtpd knows no escape and would silently stop there.
package struct LoginVariables: Equatable, Sendable {
  /// The variables of one login.
  package struct Entry: Equatable, Sendable {
    /// The line in the file, counted from 1; the first one when there are several.
    package let line: Int
    /// `NAME="value"` each, in the order of the file.
    package fileprivate(set) var variables: [[UInt8]]

    /// What follows the hash in the record: a comma and a variable, for each.
    package var suffix: [UInt8] { variables.flatMap { [UInt8(ascii: ",")] + $0 } }
  }

  /// The entries by login; several lines for one login add up.
  package private(set) var entries: [[UInt8]: Entry] = [:]

  package init() {}

  /// Parses the file.
  ///
  /// - Parameters:
  ///   - contents: The bytes of the file.
  ///   - path: Its path, for errors.
  /// - Returns: What could be parsed, and an error for each line that could not.
  package static func parse(
    _ contents: [UInt8], path: FilePath
  ) -> (variables: LoginVariables, errors: [FileFormatError]) {
    var result = LoginVariables()
    var errors: [FileFormatError] = []
    for line in ControlFile.entries(of: contents) {
      do throws(Malformed) {
        try result.add(line)
      } catch {
        errors.append(FileFormatError(path, line: line.line, expected: error.expected))
      }
    }
    return (result, errors)
  }

  /// What follows the hash in the record of a login; nothing for most.
  func suffix(for login: some Collection<UInt8>) -> [UInt8] {
    entries.isEmpty ? [] : entries[Array(login)]?.suffix ?? []
  }

  private mutating func add(_ line: ControlFile.Entry) throws(Malformed) {
    let login = line.bytes.prefix { !Self.isBlank($0) }
    guard !login.isEmpty else { throw Malformed(expected: "a login at the start of the line") }
    var rest = line.bytes.dropFirst(login.count)
    var entry = entries[Array(login)] ?? Entry(line: line.line, variables: [])
    while true {
      rest = rest.drop { Self.isBlank($0) || $0 == UInt8(ascii: ",") }
      if rest.isEmpty { break }
      entry.variables.append(try Self.takeVariable(from: &rest, after: entry.variables))
    }
    guard !entry.variables.isEmpty else { throw Malformed(expected: #"LOGIN NAME="value"..."#) }
    entries[Array(login)] = entry
  }

  private static func takeVariable(
    from rest: inout ArraySlice<UInt8>, after others: [[UInt8]]
  ) throws(Malformed) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    let name = rest.prefix(while: isNameByte)
    let value = rest.dropFirst(name.count)
    guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
      value.starts(with: Array("=\"".utf8)), !value.contains(0),
      let end = value.dropFirst(2).firstIndex(of: quote)
    else { throw Malformed(expected: #"NAME="value" after the login, with no quote in the value"#) }
    let start = name + [UInt8(ascii: "=")]
    guard !others.contains(where: { $0.starts(with: start) }) else {
      let name = String(decoding: name, as: UTF8.self)
      throw Malformed(expected: "each variable once for a login, found \(name) again")
    }
    let variable = Array(rest[...end])
    rest = rest[(end + 1)...]
    guard rest.first.map({ isBlank($0) || $0 == UInt8(ascii: ",") }) ?? true else {
      throw Malformed(expected: "a blank or comma after the quote that ends a value")
    }
    return variable
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private struct Malformed: Error { let expected: String }
}
