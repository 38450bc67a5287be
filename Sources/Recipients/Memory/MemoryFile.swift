internal import Glibc
package import SystemPackage
internal import SystemSupport

/// The file that one run leaves for the next one.
package struct MemoryFile: Sendable {
  private let path: FilePath
  /// The largest file that is read, in bytes: room for a million domains.
  private static let limit = 1 << 26

  package init(_ path: FilePath) { self.path = path }

  /// What is remembered; nil when nothing of use is there.
  ///
  /// Only a file counts that nobody but the user who runs this can have written.
  func load() -> RecipientMemory? {
    guard let file = try? FileReading.open(path, followingLinks: false),
      let status = try? FileStatus.of(file), Self.isOurs(status),
      let text = try? FileReading.contents(of: file, subject: path.visible, limit: Self.limit)
    else { return nil }
    return RecipientMemory(parsing: text)
  }

  /// Writes what is to be remembered, for our own eyes, in one step.
  ///
  /// Something else in the file's place, such as `/dev/null`, is left alone.
  ///
  /// - Throws: `SystemError` when it cannot be written.
  func save(_ memory: RecipientMemory) throws(SystemError) {
    FileReplacement.removeAbandoned(of: path)
    if let old = try FileStatus.of(path, followingLinks: false), !Self.isOurs(old) {
      if old.kind != .regular { return }
      throw SystemError("replace", path, .notPermitted)
    }
    // After a power cut an older one does no harm, and a part of one is no memory.
    try FileReplacement.write(memory.text, to: path, mode: 0o600, durably: false)
  }

  private static func isOurs(_ status: FileStatus) -> Bool {
    status.kind == .regular && status.owner == geteuid() && status.mode & 0o022 == 0
  }
}
