internal import ConstantDatabase
internal import SystemPackage
internal import SystemSupport

/// Finds records of a .cdb that hold a text.
struct RecordSearch {
  private let path: FilePath
  private let pattern: [UInt8]
  private let showsValues: Bool

  /// The most records that are shown.
  private static let limit = 500

  init(_ path: FilePath, matching pattern: String, showsValues: Bool) {
    self.path = path
    self.pattern = LogEntry.folded(pattern)
    self.showsValues = showsValues
  }

  /// The counts in the first line, then a record a line, safe to show; as a child sends it.
  func encodedResult() throws -> [UInt8] {
    var (lines, count, total): ([String], Int, Int) = ([], 0, 0)
    try unsafe ConstantDatabase(opening: path).forEachRecord { key, value in
      total += 1
      let record = unsafe (Array(key), Array(value))
      guard isMatch(record.0) || showsValues && isMatch(record.1) else { return }
      count += 1
      if lines.count < Self.limit { lines.append(line(record.0, record.1)) }
    }
    return Array((["\(count) \(total)"] + lines).joined(separator: "\n").utf8)
  }

  private func isMatch(_ bytes: [UInt8]) -> Bool {
    pattern.isEmpty || LogEntry.range(of: pattern, in: bytes, from: 0) != nil
  }

  private func line(_ key: [UInt8], _ value: [UInt8]) -> String {
    let name = VisibleText.escape(key.prefix(512))
    if !showsValues { return name + "  (not shown)" }
    return value.isEmpty ? name : name + "  →  " + VisibleText.escape(value.prefix(512))
  }

  /// Takes apart what `encodedResult` gave.
  static func page(_ rule: String, _ pattern: String, decoding text: String) -> RecordPage {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let counts = lines.removeFirst().split(separator: " ").compactMap { Int($0) }
    return RecordPage(
      rule: rule, matching: pattern, lines: lines, count: counts.first ?? 0,
      total: counts.last ?? 0)
  }
}
