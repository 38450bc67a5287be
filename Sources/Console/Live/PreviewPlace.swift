internal import SystemPackage
internal import SystemSupport
internal import Updating

/// The private directory in which a console makes its previews, in the state directory.
///
/// Its name tells whose it is: the console's pid and when that process started. So what a console
/// leaves that is killed can be told from what another one uses.
struct PreviewPlace {
  private let parent: FilePath
  private let own: FilePath.Component?

  init(in store: StateStore) {
    parent = store.directory.appending("previews")
    own = RunningProcess(ownProcessNumber()).flatMap { FilePath.Component(Self.name(of: $0)) }
  }

  /// The name of a process's directory.
  static func name(of process: RunningProcess) -> String { "\(process.pid).\(process.startTicks)" }

  /// This console's directory; it is made if it is missing.
  ///
  /// Builders that run as somebody else may pass through it, not look into it.
  ///
  /// - Throws: `SystemError` when it cannot be made.
  func make() throws(SystemError) -> FilePath {
    guard let own else { throw SystemError("read", "/proc/self/stat", .notSupported) }
    let directory = parent.appending(own)
    try FileOperations.makeDirectory(directory, mode: 0o711)
    return directory
  }

  /// Removes this console's directory, if nothing is in it.
  func removeIfEmpty() {
    guard let own else { return }
    FileOperations.removeEmptyDirectory(parent.appending(own))
  }

  /// Removes what consoles have left that are no more.
  func removeAbandoned() {
    for name in (try? FileReading.names(in: parent)) ?? [] where !isUsed(name.string) {
      FileOperations.removeDirectory(parent.appending(name))
    }
  }

  /// Whether a directory belongs to a process that lives, or is none of ours by its name.
  private func isUsed(_ name: String) -> Bool {
    let words = name.split(separator: ".")
    guard words.count == 2, let pid = Int32(words[0]), UInt64(words[1]) != nil else { return true }
    return RunningProcess(pid).map { Self.name(of: $0) == name } ?? false
  }
}
