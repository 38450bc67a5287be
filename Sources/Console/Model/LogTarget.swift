package import SystemSupport

/// What is looked for in the part of a log that is not here.
package enum LogTarget: Equatable, Sendable {
  /// A line that holds a text and passes a filter, both folded; an empty filter passes all.
  case text([UInt8], filter: [UInt8])
  /// The first line that was written at a moment or later.
  case moment(Timestamp)
  /// The oldest line of all that passes a filter, which is folded; an empty filter passes all.
  case start(filter: [UInt8])
}

/// A part of a log in which something was found.
package struct LogStretch: Equatable, Sendable {
  /// The lines around the place, oldest first.
  package let entries: [LogEntry]
  /// The index of the line that was looked for; that of the end is the line after the stretch.
  package let hit: Int
  /// Whether the stretch reaches to where the search began, so that no line is between.
  package let isAdjoining: Bool

  package init(_ entries: [LogEntry], hit: Int, isAdjoining: Bool) {
    self.entries = entries
    self.hit = hit
    self.isAdjoining = isAdjoining
  }
}

/// How a search in a log stands.
package enum LogFinding: Equatable, Sendable {
  /// It goes on: so many lines were looked at, the last of them written then.
  case progress(lines: Int, time: Timestamp?)
  case found(LogStretch)
  /// All lines of that direction were looked at.
  case nothing
}

extension LogTarget {
  /// The place in older lines where a search upwards ends: an index, or that of the end.
  func lastHit(in entries: ArraySlice<LogEntry>) -> Int? {
    switch self {
    case .text(let text, let filter):
      return entries.lastIndex { $0.contains(text) && (filter.isEmpty || $0.contains(filter)) }
    case .moment(let moment):
      return entries.lastIndex { $0.time.map { $0 < moment } ?? false }.map { $0 + 1 }
    case .start: return nil
    }
  }

  /// The place in newer lines where a search downwards ends.
  func firstHit(in entries: ArraySlice<LogEntry>) -> Int? {
    switch self {
    case .text(let text, let filter):
      return entries.firstIndex { $0.contains(text) && (filter.isEmpty || $0.contains(filter)) }
    case .moment(let moment): return entries.firstIndex { $0.time.map { $0 >= moment } ?? false }
    case .start(let filter): return entries.firstIndex { filter.isEmpty || $0.contains(filter) }
    }
  }
}
