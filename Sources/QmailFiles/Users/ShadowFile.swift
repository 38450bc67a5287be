internal import SystemSupport

/// `etc/shadow`: the password hashes of the system's users.
package struct ShadowFile: Sendable {
  /// A user's hash.
  ///
  /// It has no description: hashes are never shown.
  package struct Entry: Sendable {
    /// The line in the file, counted from 1.
    package let line: Int
    package let name: [UInt8]
    /// The crypt(3) hash; empty, or with `!` or `*` in front, nobody logs in with a password.
    package let hash: [UInt8]
    /// The day, counted from 1970, from which on the account is closed; nil is never.
    package let expiryDay: Int?
  }

  package let entries: [Entry]

  package init(parsing contents: [UInt8]) {
    entries = NumberedLines(contents).compactMap { line in
      let fields = line.bytes.colonFields
      guard fields.count >= 2, !fields[0].isEmpty else { return nil }
      return Entry(
        line: line.number, name: Array(fields[0]), hash: Array(fields[1]),
        expiryDay: fields.count > 7 ? fields[7].number(as: Int.self) : nil)
    }
  }
}
