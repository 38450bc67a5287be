internal import ConstantDatabase
internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// Finds where the mail of a virtual domain is delivered: by `users/cdb` or, without one, by
/// `users/assign`; then by the system's users; then it is the alias user's.
struct MailHomeFinder {
  private let table: AssignmentTable
  private let users: PasswordFile
  private let passwd: FilePath
  private let alias: FilePath

  /// Opens `users/cdb`, or reads `users/assign`.
  ///
  /// - Parameters:
  ///   - layout: Where the files lie.
  ///   - domainCount: How many domains will be asked for.
  ///   - users: The users of the system.
  ///   - reader: Remembers what was read.
  /// - Throws: `SystemError` when a file is there but cannot be read; `ConstantDatabaseError` when
  ///   `users/cdb` is damaged; `FileFormatError` when `users/assign` does not parse.
  init(
    of layout: ServerLayout, for domainCount: Int, users: PasswordFile,
    reader: inout SourceReader
  ) throws {
    table = try AssignmentTable(of: layout, for: domainCount, reader: &reader)
    self.users = users
    passwd = layout.passwd
    alias = layout.qmail.appending("alias")
  }

  /// Where mail for `target-USER` is delivered.
  ///
  /// - Throws: `ConstantDatabaseError` when `users/cdb` is damaged.
  func home(of target: [UInt8]) throws -> MailHome {
    if let home = try assigned(target) { return home }
    for (name, ext) in Self.splits(of: target) {
      if let user = users.user(name), let directory = user.homePath {
        return MailHome(
          directory: directory, prefix: Self.prefix(below: ext), user: user.name,
          origin: .line(passwd, user.line))
      }
    }
    return MailHome(
      directory: alias, prefix: Self.prefix(below: target[...]), user: Array("alias".utf8),
      origin: .entry(alias))
  }

  /// The addresses of virtual domains that `=` lines give away one by one: `=target-USER` is
  /// USER's of each domain with that target.
  ///
  /// - Parameter domains: The virtual domains.
  /// - Returns: The addresses, in the order of the lines' names.
  /// - Throws: `ConstantDatabaseError` when `users/cdb` is damaged.
  func addresses(of domains: [ServedDomain]) throws -> [VirtualAddress] {
    let given = try table.wholeAddresses()
    if given.isEmpty { return [] }
    let domains = Self.namesByTarget(of: domains)
    var addresses: [VirtualAddress] = []
    for (local, origin) in given {
      for (cut, byte) in local.enumerated() where byte == Self.breakCharacter {
        let user = local[(cut + 1)...]
        guard !user.isEmpty, let names = domains[Array(local[..<cut])] else { continue }
        addresses += names.map { name in
          VirtualAddress(address: user + [UInt8(ascii: "@")] + name, origin: origin)
        }
      }
    }
    return addresses
  }

  private static func namesByTarget(of domains: [ServedDomain]) -> [[UInt8]: [[UInt8]]] {
    var names: [[UInt8]: [[UInt8]]] = [:]
    for domain in domains {
      if case .virtual(let target) = domain.handling {
        names[target, default: []].append(domain.name)
      }
    }
    return names
  }

  private func assigned(_ target: [UInt8]) throws -> MailHome? {
    for (name, ext) in Self.splits(of: target) {
      if let found = try table.prefix(name, Self.breakCharacter) {
        return Self.home(found, below: ext.map { $0 + [Self.breakCharacter] } ?? [])
      }
      if let found = try table.address(name) {
        let own = found.assignment.ext
        let rest = (own.isEmpty ? [] : [own[...]]) + (ext.map { [$0] } ?? [])
        let joined = Array(rest.joined(separator: [Self.breakCharacter]))
        return MailHome(
          directory: found.assignment.homePath ?? FilePath(),
          prefix: Self.prefix(below: rest.isEmpty ? nil : joined[...]),
          user: found.assignment.user, origin: found.origin)
      }
    }
    // qmail-lspawn asks for the empty prefix last, and qmail-getpw only after that.
    return try table.everybody().map { Self.home($0, below: target + [Self.breakCharacter]) }
  }

  private static func home(
    _ found: AssignmentTable.Found, below rest: some Sequence<UInt8>
  ) -> MailHome {
    MailHome(
      directory: found.assignment.homePath ?? FilePath(),
      prefix: found.assignment.dash + found.assignment.ext + rest,
      user: found.assignment.user, origin: found.origin)
  }

  /// qmail's `auto_break`.
  private static let breakCharacter = UInt8(ascii: "-")

  /// A target as user and extension: whole first, then cut at each `-` from the end.
  ///
  /// The extension of `joe-` is empty: its mail is for `joe--USER`, in `.qmail--USER`.
  private static func splits(
    of target: [UInt8]
  ) -> some Sequence<(name: ArraySlice<UInt8>, ext: ArraySlice<UInt8>?)> {
    sequence(first: target.endIndex) { cut in
      target[..<cut].dropFirst().lastIndex(of: breakCharacter)
    }.lazy.map { cut in
      (target[..<cut], cut == target.endIndex ? nil : target[cut...].dropFirst())
    }
  }

  private static func prefix(below ext: ArraySlice<UInt8>?) -> [UInt8] {
    let dash = [breakCharacter]
    return ext.map { dash + $0 + dash } ?? dash
  }
}
