internal import Glibc
internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// What a list depends on beside the domains' own files: with anything else here, nothing that is
/// remembered counts.
enum Circumstances {
  /// The circumstances of this run, in lines.
  ///
  /// - Returns: Nil when it cannot be said which program this is.
  static func lines(
    of plan: RecipientPlan, keepsGoing: Bool
  ) -> [String]? {
    // Another version may list in another way.
    guard let program = try? FileStatus.of("/proc/self/exe") else { return nil }
    let layout = plan.layout
    let options = [
      plan.leavesOutAliases ? "-n" : "", keepsGoing ? "--keep-going" : "",
      plan.vpopmail.hasExtensions ? "QMAIL_EXT" : "",
    ]
    let paths = [layout.root.directory, layout.qmail, layout.vpopmail ?? ""]
    return [
      "program \(program.device) \(program.inode) \(program.size)"
        + " \(program.modified.nanoseconds) \(program.changed.nanoseconds)",
      "user \(geteuid()) \(getegid())",
      "options \(options.filter { !$0.isEmpty }.joined(separator: " "))",
    ] + paths.map { "path \($0.visible)" } + ["keys \(String(keySum(of: plan), radix: 16))"]
  }

  /// A sum of the keys that are named one by one, and of what becomes of each.
  private static func keySum(of plan: RecipientPlan) -> UInt64 {
    var sum = ContentSum()
    let lists = [
      plan.served.addresses.map(\.address), Array(plan.rejected.lines.keys),
      Array(plan.excluded.lines.keys),
    ]
    for keys in lists {
      sum.add(UInt64(keys.count))
      for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) { sum.add(key) }
    }
    return sum.value
  }
}
