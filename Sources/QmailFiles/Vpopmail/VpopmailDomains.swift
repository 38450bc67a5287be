package import SystemPackage

/// The domains that vpopmail has entered into `users/assign` or `users/cdb`, by the directory of
/// their mailboxes.
///
/// A domain is a line `+DOMAIN-:REAL:UID:GID:DIR:-::`; what it says of the names of `.qmail` files,
/// the last two fields, is nothing to vpopmail. An alias domain has the directory of the domain that
/// it stands for. A line whose user is one of the system's is no domain: it is an extension of that
/// user's address.
package struct VpopmailDomains: Equatable, Sendable {
  /// A domain or alias domain.
  package struct Name: Equatable, Sendable {
    /// The domain in small letters.
    package let bytes: [UInt8]
    /// The line in `users/assign`, counted from 1; nil for a record of `users/cdb`.
    package let line: Int?
  }

  /// A directory and all the domains whose mailboxes it holds.
  package struct Directory: Equatable, Sendable {
    /// The directory, a path of the tree; empty or relative if the file is wrong.
    package let path: FilePath
    /// vpopmail's own name of the domain, which the others are aliases of.
    package let realDomain: [UInt8]
    /// The domains, in the order of the file; never empty.
    package fileprivate(set) var names: [Name]
  }

  /// The directories in the order in which they first come in the file.
  package private(set) var directories: [Directory] = []
  /// The place of a domain's directory; nil where the name is one of the system's users'.
  private var places: [[UInt8]: Int?] = [:]
  private var indices: [FilePath: Int] = [:]

  /// - Parameters:
  ///   - assignments: The entries; for a domain that comes twice the first one counts.
  ///   - users: The users of the system.
  package init(of assignments: UserAssignments, users: PasswordFile) {
    let users = Set(users.users.map(\.name))
    for entry in assignments.entries where entry.isPrefix {
      add(entry.name[...], entry.assignment, line: entry.line, users)
    }
  }

  /// - Parameters:
  ///   - records: The records of `users/cdb` with a name and its data; of two with one name the first
  ///     counts.
  ///   - users: The users of the system.
  package init(
    of records: some Sequence<(key: [UInt8], assignment: Assignment)>, users: PasswordFile
  ) {
    let users = Set(users.users.map(\.name))
    // A whole local part has a NUL at its end, and so no dash.
    for record in records where record.key.first == UInt8(ascii: "!") {
      add(record.key.dropFirst(), record.assignment, line: nil, users)
    }
  }

  private mutating func add(
    _ prefix: ArraySlice<UInt8>, _ assignment: Assignment, line: Int?, _ users: Set<[UInt8]>
  ) {
    guard prefix.count > 1, prefix.last == UInt8(ascii: "-") else { return }
    let name = Name(bytes: prefix.dropLast().lowercased, line: line)
    guard places[name.bytes] == nil else { return }
    if users.contains(assignment.user) {
      places[name.bytes] = .some(nil)
      return
    }
    let path = assignment.homePath ?? FilePath()
    let index = indices[path] ?? directories.count
    if index == directories.count {
      directories.append(Directory(path: path, realDomain: assignment.user, names: []))
    }
    indices[path] = index
    places[name.bytes] = index
    directories[index].names.append(name)
  }

  /// The directory of a domain, given in small letters; nil when vpopmail has no such domain.
  package func directory(of domain: some Sequence<UInt8>) -> Directory? {
    places[Array(domain)]?.map { directories[$0] }
  }
}
