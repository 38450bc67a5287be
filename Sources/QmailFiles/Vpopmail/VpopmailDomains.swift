package import SystemPackage

/// The domains that vpopmail has entered into `users/assign`, by the directory of their mailboxes.
///
/// A domain is a line `+DOMAIN-:REAL:UID:GID:DIR:-::`. An alias domain has the directory of the
/// domain that it stands for. A line whose user is one of the system's is no domain: it is an
/// extension of that user's address.
package struct VpopmailDomains: Equatable, Sendable {
  /// A domain or alias domain.
  package struct Name: Equatable, Sendable {
    /// The domain in small letters.
    package let bytes: [UInt8]
    /// The line in `users/assign`, counted from 1.
    package let line: Int
  }

  /// A directory and all the domains whose mailboxes it holds.
  package struct Directory: Equatable, Sendable {
    /// The directory, a path of the tree.
    package let path: FilePath
    /// vpopmail's own name of the domain, which the others are aliases of.
    package let realDomain: [UInt8]
    /// The domains, in the order of the file; never empty.
    package fileprivate(set) var names: [Name]
  }

  /// The directories in the order in which they first come in the file.
  package private(set) var directories: [Directory] = []
  private var places: [[UInt8]: Int] = [:]

  /// - Parameters:
  ///   - assignments: The entries; for a domain that comes twice the first one counts.
  ///   - users: The users of the system.
  package init(of assignments: UserAssignments, users: PasswordFile) {
    let users = Set(users.users.map(\.name))
    var indices: [FilePath: Int] = [:]
    for entry in assignments.entries {
      guard let name = Self.domain(of: entry), !users.contains(entry.assignment.user),
        places[name.bytes] == nil, let path = entry.assignment.homePath
      else { continue }
      let index = indices[path] ?? directories.count
      if index == directories.count {
        directories.append(Directory(path: path, realDomain: entry.assignment.user, names: []))
      }
      indices[path] = index
      places[name.bytes] = index
      directories[index].names.append(name)
    }
  }

  /// The directory of a domain, given in small letters; nil when vpopmail has no such domain.
  package func directory(of domain: some Sequence<UInt8>) -> Directory? {
    places[Array(domain)].map { directories[$0] }
  }

  private static func domain(of entry: UserAssignments.Entry) -> Name? {
    let dash = UInt8(ascii: "-")
    guard entry.isPrefix, entry.name.count > 1, entry.name.last == dash,
      entry.assignment.dash == [dash], entry.assignment.ext.isEmpty
    else { return nil }
    return Name(bytes: entry.name.dropLast().lowercased, line: entry.line)
  }
}
