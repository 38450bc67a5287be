internal import FoundationEssentials
internal import Glibc
package import SystemPackage
package import SystemSupport

/// The state directory: one JSON file a rule, the previous products, the locks.
///
/// Everything in it is private, since it holds copies of other files. A file that is broken, of
/// another version or of another rule is a warning and counts as missing.
package struct StateStore: Sendable {
  /// The directory itself.
  package let directory: FilePath

  /// Where the lock lies that everybody takes who runs rules.
  package let lockPath: FilePath

  package init(_ directory: FilePath) {
    self.directory = directory
    lockPath = directory.appending("lock")
  }

  /// Where the lock lies that the one service holds as long as it lives.
  package var serviceLockPath: FilePath { directory.appending("service.lock") }
  /// Where the rules' state files lie.
  package var rulesDirectory: FilePath { directory.appending("rules") }

  /// Creates the directories that are missing.
  ///
  /// - Throws: `SystemError` when that cannot be done.
  package func prepare() throws(SystemError) {
    try FileOperations.makeDirectory(directory, mode: 0o755)
    try FileOperations.makeDirectory(rulesDirectory, mode: 0o700)
    try FileOperations.makeDirectory(directory.appending("previous"), mode: 0o700)
  }

  /// Opens the lock that everybody takes who runs rules, and creates the directories for it.
  ///
  /// - Throws: `SystemError` when that cannot be done.
  func openLock() throws(SystemError) -> FileLock {
    do {
      return try FileLock(lockPath)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      try prepare()
      return try FileLock(lockPath)
    }
  }

  /// Removes what writers have left that were killed; the caller holds the lock.
  ///
  /// A whole copy of a product that was not yet given its name is the previous product: the program
  /// that was to replace it may have been cut off half-way.
  package func removeLeftovers() {
    let previous = directory.appending("previous")
    for parent in [rulesDirectory, previous] {
      for name in (try? FileReading.names(in: parent)) ?? [] {
        let text = name.string
        guard text.hasPrefix("."), text.hasSuffix(".tmp") else { continue }
        let words = text.dropFirst().dropLast(4).split(separator: ".")
        let kept = words.dropLast().joined(separator: ".")
        if parent == previous, !text.hasPrefix(".."), let target = FilePath.Component(kept) {
          try? FileOperations.rename(parent.appending(name), to: parent.appending(target))
        }
        try? FileOperations.remove(parent.appending(name))
      }
    }
  }

  /// Where the previous product of a rule is kept.
  package func previousPath(of rule: String) -> FilePath {
    directory.appending("previous").appending(Self.fileName(of: rule))
  }

  /// Where a rule's program may keep a file of its own from run to run, in a directory that nobody
  /// but the user who runs it can look into or write to; the directory is created.
  ///
  /// - Parameters:
  ///   - rule: The rule's name.
  ///   - owner: The user and group who run the program; nil is we ourselves.
  /// - Returns: The file; it need not exist.
  /// - Throws: `SystemError` when the directory cannot be made or given away.
  func prepareMemory(of rule: String, owner: RuleUser?) throws(SystemError) -> FilePath {
    let all = directory.appending("memory")
    let own = all.appending("\(owner?.uid ?? geteuid())")
    // Only we can have made what has this name: the directory above is ours.
    try FileOperations.makeDirectory(all, mode: 0o711)
    try FileOperations.makeDirectory(own, mode: 0o700)
    if let owner, try FileStatus.of(own, followingLinks: false)?.owner != owner.uid {
      try check("chown", own.visible) {
        unsafe own.withPlatformString { unsafe lchown($0, owner.uid, owner.gid) }
      }
    }
    return own.appending(Self.fileName(of: rule))
  }

  /// Where the state of a rule is stored.
  package func path(of rule: String) -> FilePath {
    rulesDirectory.appending(Self.fileName(of: rule) + ".json")
  }

  /// What is remembered of a rule; a new state when there is nothing.
  ///
  /// Whoever may not read what there is, as only root may, gets a state that says so (`notRead`).
  ///
  /// - Parameters:
  ///   - rule: The rule's name.
  ///   - warn: Told when the file is there but is of no use.
  /// - Returns: The state.
  package func load(_ rule: String, warn: (String) -> Void) -> RuleState {
    let path = path(of: rule)
    do {
      guard let bytes = try FileReading.contentsIfPresent(of: path, limit: 1 << 26) else {
        return RuleState(rule: rule)
      }
      let decoder = JSONDecoder()
      let version = try decoder.decode(VersionOnly.self, from: Data(bytes)).version
      guard version == RuleState.currentVersion else {
        warn("\(path.visible): version \(version) of the state is not mine, starting afresh")
        return RuleState(rule: rule)
      }
      let state = try decoder.decode(RuleState.self, from: Data(bytes))
      guard state.rule == rule else {
        warn("\(path.visible): it belongs to another rule, starting afresh")
        return RuleState(rule: rule)
      }
      return state
    } catch let error as SystemError where error.errno == .permissionDenied {
      var state = RuleState(rule: rule)
      state.notRead = RuleState.NotRead(path, "\(error.errno)")
      return state
    } catch let error as SystemError {
      warn("\(error), starting afresh")
    } catch {
      warn("\(path.visible): not a state file of mine, starting afresh")
    }
    return RuleState(rule: rule)
  }

  /// Stores what is remembered of a rule.
  ///
  /// - Throws: `SystemError` when the disk is full; the old file is then still there.
  package func save(_ state: RuleState) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(state))
    let path = path(of: state.rule)
    do {
      try FileReplacement.write(bytes, to: path, mode: 0o600, durably: false)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      try prepare()
      try FileReplacement.write(bytes, to: path, mode: 0o600, durably: false)
    }
  }

  /// A rule's name as a file name: every byte but letters, digits, `-`, `_` and inner dots as `%xx`.
  static func fileName(of rule: String) -> String {
    var name = ""
    for (index, byte) in rule.utf8.enumerated() {
      let scalar = UnicodeScalar(byte)
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_": name.unicodeScalars.append(scalar)
      case "." where index > 0: name += "."
      default: name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return name
  }

  private struct VersionOnly: Decodable { let version: Int }
}
