/// Names whose changes mean nothing: temporary files, locks, backups.
package enum NameNoise {
  /// Whether a name in a watched directory is noise.
  ///
  /// - Parameter name: The bytes of the name, without its directory.
  /// - Returns: Whether a change of it can be passed over.
  package static func contains(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    return exact.contains(text) || prefixes.contains { text.hasPrefix($0) }
      || suffixes.contains { text.hasSuffix($0) } || isNumbered(text) || isSwapFile(text)
      || (text.hasPrefix("#") && text.hasSuffix("#"))
      || (text.hasPrefix(".") && text.contains(candidateMark))
  }

  /// What the names of unfinished products hold, and those of what their builders make beside them.
  package static let candidateMark = ".candidate-"

  private static let exact: Set<String> = [
    "lastauth",  // vpopmail: a login's time
    "4913", "5036",  // vim: may files be created here?
  ]
  private static let prefixes = [
    ".dir-control",  // vpopmail: counters of its directory tree
    ".#",  // emacs: locks
    ".nfs",  // NFS: removed files that are still open
  ]
  private static let suffixes = [".tmp", ".lock", "~"]

  /// `NAME.PID`, vpopmail's temporary name.
  private static func isNumbered(_ text: String) -> Bool {
    guard let dot = text.lastIndex(of: ".") else { return false }
    let digits = text[text.index(after: dot)...]
    return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// `.NAME.swp` and the names that vim takes when that is taken: `.swo`, `.swn` ...
  private static func isSwapFile(_ text: String) -> Bool {
    text.hasPrefix(".") && text.dropLast().hasSuffix(".sw") && text.utf8.count > 5
  }
}
