internal import ConstantDatabase
internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// The recipients that local domains have in common: system users, their extensions, and aliases.
struct LocalRecipients: Sendable {
  struct Recipient: Equatable, Sendable {
    let name: [UInt8]
    let origin: RecipientOrigin
  }

  /// System users with a uid within 500 to 65000, and `USER-EXT` for each of their `.qmail-EXT`.
  private(set) var users: [Recipient] = []
  /// The alias user's `.qmail` files, and the unqualified names of fastforward's database.
  private(set) var aliases: [Recipient] = []
  /// Addresses of fastforward's database that name their domain; an empty name is all of it.
  private(set) var qualified: [[UInt8]: [Recipient]] = [:]
  /// What could not be read.
  private(set) var problems: [RecipientProblem] = []

  /// No recipients.
  init() {}

  /// Reads the users' home directories, the alias user's, and fastforward's database if
  /// `.qmail-default` of the alias user runs it.
  init(of layout: ServerLayout, users: PasswordFile, reader: inout SourceReader) {
    for user in users.users where 500...65_000 ~= user.uid {
      collect { try $0.addUser(user, layout, &reader) }
    }
    collect { try $0.addAliases(layout, &reader) }
  }

  private mutating func collect(_ step: (inout Self) throws -> Void) {
    // Nothing here is about one domain alone.
    do { try step(&self) } catch { problems.append(RecipientProblem(nil, "\(error)")) }
  }
}

extension LocalRecipients {
  private mutating func addUser(
    _ user: PasswordFile.User, _ layout: ServerLayout, _ reader: inout SourceReader
  ) throws {
    users.append(Recipient(name: user.name, origin: .line(layout.passwd, user.line)))
    guard let home = user.homePath.map({ layout.root($0) }) else { return }
    for name in try Self.namesIfPresent(in: home, &reader) {
      guard let ext = DotQmailName.address(of: name), let file = home.appending(bytes: name) else {
        continue
      }
      users.append(
        Recipient(name: user.name + [UInt8(ascii: "-")] + ext, origin: .entry(file)))
    }
  }

  /// The names in a home directory; a user need not have one.
  private static func namesIfPresent(
    in home: FilePath, _ reader: inout SourceReader
  ) throws(SystemError) -> [[UInt8]] {
    do {
      return try reader.dotQmailNames(in: home)
    } catch {
      if error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory { return [] }
      throw error
    }
  }

  private mutating func addAliases(
    _ layout: ServerLayout, _ reader: inout SourceReader
  ) throws {
    for name in try reader.dotQmailNames(in: layout.alias) {
      guard let alias = DotQmailName.address(of: name),
        let file = layout.alias.appending(bytes: name)
      else { continue }
      if alias.elementsEqual("default".utf8) {
        let contents = DotQmail(parsing: try reader.contents(of: file))
        if let database = contents.fastforwardDatabase.flatMap({ FilePath(bytes: $0) }) {
          try addFastforward(
            layout.root(layout.qmail.appending("alias").pushing(database)), &reader)
        }
      } else {
        aliases.append(Recipient(name: alias, origin: .entry(file)))
      }
    }
  }

  private mutating func addFastforward(_ path: FilePath, _ reader: inout SourceReader) throws {
    reader.note(.file(path))
    try unsafe ConstantDatabase(opening: path).forEachRecord { key, _ in
      guard let address = unsafe FastforwardKey([UInt8](key)) else { return }
      let recipient = Recipient(
        name: address.local, origin: .record(path, key: unsafe [UInt8](key)))
      if address.domain.isEmpty {
        aliases.append(recipient)
      } else {
        qualified[address.domain, default: []].append(recipient)
      }
    }
  }
}

extension FilePath {
  /// The path of a name in this directory; nil when the bytes are no name of a file.
  func appending(bytes name: [UInt8]) -> FilePath? {
    guard !name.contains(UInt8(ascii: "/")), let component = FilePath(bytes: name)?.lastComponent,
      component.kind == .regular
    else { return nil }
    return appending(component)
  }
}
