/// Names that come and go beside the files that matter, and never mean anything.
package enum Noise {
  /// Whether a name is a temporary, a lock, a backup or a counter of the programs around us.
  ///
  /// vpopmail leaves `NAME.PID`, `.dir-control` and `lastauth`; djb's builders `NAME.tmp`.
  package static func isNoise(_ name: String) -> Bool {
    if name == "lastauth" || name.hasPrefix(".dir-control") || name.hasSuffix("~") { return true }
    guard let dot = name.lastIndex(of: ".") else { return false }
    let last = name[name.index(after: dot)...]
    if ["tmp", "lock", "swp", "swx"].contains(last) { return true }
    return !last.isEmpty && last.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
