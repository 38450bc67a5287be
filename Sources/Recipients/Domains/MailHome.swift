internal import SystemPackage

/// Where the `.qmail` files of a virtual domain lie.
struct MailHome: Equatable, Sendable {
  /// The directory, a path of the tree; one that is not absolute is an error of the domain.
  let directory: FilePath
  /// What follows `.qmail` in the files' names before the user part: `-` or `-ext-`.
  let prefix: [UInt8]
  /// The user that `users/cdb` or `users/assign` names: to vpopmail, the domain that an alias of a
  /// domain stands for.
  let user: [UInt8]
  /// Where the directory was found.
  let origin: RecipientOrigin
}
