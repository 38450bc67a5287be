internal import SystemPackage
internal import SystemSupport

/// Which files root may act upon: only those that nobody else can slip something into.
///
/// A file and its directory must not be writable by everybody, nor by a group unless the
/// configuration trusts groups. The group root is never a stranger.
struct Trust: Sendable {
  let trustsGroups: Bool

  /// What is wrong with an input, in words; nil when it may be used.
  func complaint(about path: FilePath, _ status: FileStatus) -> String? {
    if let complaint = complaint(about: status, "it") { return complaint }
    if let complaint = directoryComplaint(path.removingLastComponent()) { return complaint }
    // A link leads to a file whose own directory counts too.
    guard (try? FileStatus.of(path, followingLinks: false))?.kind == .link,
      let target = try? FileReading.resolved(path)
    else { return nil }
    return directoryComplaint(target.removingLastComponent())
  }

  /// What is wrong with a product's place, in words; nil when it may be replaced.
  func productComplaint(_ path: FilePath) throws(SystemError) -> String? {
    if let status = try FileStatus.of(path, followingLinks: false) {
      switch status.kind {
      case .regular: break
      case .link: return "it is a symbolic link, and would be replaced by a file"
      default: return "it is no regular file"
      }
    }
    return directoryComplaint(path.removingLastComponent())
  }

  private func directoryComplaint(_ path: FilePath) -> String? {
    guard let status = try? FileStatus.of(path.isEmpty ? "." : path) else { return nil }
    return complaint(about: status, "its directory")
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
