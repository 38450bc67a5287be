internal import SystemPackage
internal import SystemSupport

/// What was decided about a domain's recipients.
enum DomainDecision: Equatable, Sendable {
  /// Nothing was listed: neither aliases nor local users are wanted.
  case leftOut
  /// System users, their extensions, and aliases.
  case usersAndAliases
  /// Aliases only.
  case aliases
  /// Another host knows the recipients: all are taken.
  case passedOn
  /// Another host has them, and this file lists them.
  case passedOnUsers(FilePath)
  /// This file takes what no other does.
  case catchAll(DirectoryEntry)
  /// The files of a directory that start with `.qmail` and this, and nothing else.
  case dotQmailFiles(FilePath, prefix: [UInt8])
  /// vpopmail's mailboxes in this file, and the `.qmail` files beside it; `bouncing` refuses the
  /// rest.
  case mailboxes(DirectoryEntry, bouncing: DirectoryEntry)
  /// vpopmail's mailboxes as its programs list them, and the `.qmail` files of the directory.
  case queried(VpopmailQuery, bouncing: DirectoryEntry)
}

extension DomainDecision: CustomStringConvertible {
  var description: String {
    switch self {
    case .leftOut: "left out"
    case .usersAndAliases: "system users, their .qmail files, and aliases"
    case .aliases: "aliases"
    case .passedOn: "passed on, with all its addresses"
    case .passedOnUsers(let file): "passed on, with the users of \(file.visible)"
    case .catchAll(let file): "\(file.path.visible) takes all addresses"
    case .dotQmailFiles(let directory, let prefix):
      "the files \(Self.stem(prefix))* of \(directory.visible)"
    case .mailboxes(let file, _):
      "the mailboxes of \(file.path.visible), and the .qmail files beside it"
    case .queried(let query, _):
      "the mailboxes that vuserinfo lists, and the aliases that valias lists, for"
        + " \(VisibleText.escape(query.domain))"
    }
  }
}

extension DomainDecision {
  /// Why an address that was not found has no record.
  var absence: String {
    switch self {
    case .leftOut: "-n leaves out the recipients of this domain"
    case .usersAndAliases: "no system user, .qmail file of one, or alias has that name"
    case .aliases: "no alias has that name"
    case .passedOn, .catchAll: "the domain is listed as a whole"
    case .passedOnUsers(let file): "\(file.visible) does not list it"
    case .dotQmailFiles(let directory, let prefix):
      "no file \(Self.stem(prefix))* of \(directory.visible) is for it, and no default file takes the rest"
    case .mailboxes(let file, let bouncing):
      "no mailbox of \(file.path.visible) and no .qmail file beside it has that name,"
        + " and \(bouncing.path.visible) bounces the rest"
    case .queried(let query, let bouncing):
      "vpopmail lists no mailbox and no alias of that name for \(VisibleText.escape(query.domain)),"
        + " and \(bouncing.path.visible) bounces the rest"
    }
  }

  /// Why a domain that this was decided of has no recipient; nil where that is wanted, or others
  /// tell of it.
  var emptiness: String? {
    switch self {
    case .leftOut, .passedOn, .catchAll, .queried: nil
    case .usersAndAliases: "there is no system user with a uid from 500 to 65000, and no alias"
    case .aliases: "there is no alias"
    case .passedOnUsers(let file): "\(file.visible) lists nobody"
    case .dotQmailFiles(let directory, let prefix):
      "\(directory.visible) has no file \(Self.stem(prefix))*"
    case .mailboxes(let file, let bouncing):
      "\(file.path.visible) has no mailbox, and \(bouncing.path.visible) bounces the rest"
    }
  }

  private static func stem(_ prefix: [UInt8]) -> String { ".qmail" + VisibleText.escape(prefix) }
}
