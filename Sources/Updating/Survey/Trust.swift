internal import SystemPackage
internal import SystemSupport

/// Which files root may act upon: only those that nobody else can slip something into.
///
/// A file and its directory must not be writable by everybody, nor by a group unless the
/// configuration trusts groups. The group root is never a stranger.
struct Trust: Sendable {
  let trustsGroups: Bool
  /// The directory that was looked at last, and what is wrong with it: most come in a row.
  private var last: (directory: FilePath, complaint: String?)?

  init(trustsGroups: Bool) { self.trustsGroups = trustsGroups }

  /// What is wrong with an input, in words; nil when it may be used.
  ///
  /// - Parameters:
  ///   - path: The input.
  ///   - status: Its status, that of the target if it is a symbolic link.
  ///   - directory: The directory that it is in.
  ///   - isLink: Whether it is one.
  /// - Returns: The complaint, or nil.
  mutating func complaint(
    about path: FilePath, _ status: FileStatus, in directory: FilePath, isLink: Bool
  ) -> String? {
    if let complaint = complaint(about: status, "it") { return complaint }
    if let complaint = directoryComplaint(directory) { return complaint }
    // A link leads to a file whose own directory counts too.
    guard isLink, let target = try? FileReading.resolved(path) else { return nil }
    return directoryComplaint(target.parent)
  }

  /// What is wrong with a product's place, in words; nil when it may be replaced.
  ///
  /// - Parameters:
  ///   - status: Its own status, if it is there, also if it is a symbolic link.
  ///   - directory: The directory that it is in.
  /// - Returns: The complaint, or nil.
  mutating func productComplaint(_ status: FileStatus?, in directory: FilePath) -> String? {
    switch status?.kind {
    case .regular?, nil: return directoryComplaint(directory)
    case .link?: return "it is a symbolic link, and would be replaced by a file"
    default: return "it is no regular file"
    }
  }

  private mutating func directoryComplaint(_ path: FilePath) -> String? {
    if let last, last.directory == path { return last.complaint }
    let status = try? FileStatus.of(path)
    let complaint = status.flatMap { self.complaint(about: $0, "its directory") }
    last = (path, complaint)
    return complaint
  }

  private func complaint(about status: FileStatus, _ what: String) -> String? {
    if status.mode & 0o002 != 0 { return "\(what) is writable by everybody" }
    if !trustsGroups, status.group != 0, status.mode & 0o020 != 0, !isPrivateGroup(status) {
      return "\(what) is writable by the group \(status.group)"
    }
    return nil
  }

  /// Whether the group is the owner's own, by the habit of giving both one number.
  private func isPrivateGroup(_ status: FileStatus) -> Bool { status.group == status.owner }
}
