package import SystemPackage
internal import SystemSupport

/// `etc/passwd`: the users of the system.
///
/// Lines that are none, as glibc skips them (fewer than seven fields, a number that is none, NIS's
/// `+` and `-`), are skipped here too: the file is not ours to judge.
package struct PasswordFile: Equatable, Sendable {
  /// A user.
  package struct User: Equatable, Sendable {
    /// The line in the file, counted from 1.
    package let line: Int
    package let name: [UInt8]
    package let uid: UInt32
    package let gid: UInt32
    package let home: [UInt8]
    package let shell: [UInt8]

    /// The home directory as a path of the tree; nil when the field is empty.
    package var homePath: FilePath? { FilePath(bytes: home) }
  }

  package let users: [User]

  package init(parsing contents: [UInt8]) {
    users = NumberedLines(contents).compactMap { line in
      let fields = line.bytes.colonFields
      guard fields.count >= 7, let first = fields[0].first, !"+-#".utf8.contains(first),
        let uid = fields[2].number(as: UInt32.self), let gid = fields[3].number(as: UInt32.self)
      else { return nil }
      return User(
        line: line.number, name: Array(fields[0]), uid: uid, gid: gid, home: Array(fields[5]),
        shell: Array(fields[6]))
    }
  }

  /// The first user of that name, as getpwnam(3) finds it.
  package func user(_ name: some Sequence<UInt8>) -> User? {
    users.first { $0.name.elementsEqual(name) }
  }
}
