internal import Supervision

extension LogState {
  /// The end of what is shown, whether it follows or not.
  package var end: Int { isFollowing ? entries.count : min(bottom, entries.count) }

  /// Whether an entry passes the filter.
  package func isShown(_ entry: LogEntry, _ folded: [UInt8]) -> Bool {
    folded.isEmpty || entry.contains(folded)
  }

  /// The indices of the entries in a window of so many rows that ends at `end`, first to last.
  package func window(_ rows: Int) -> [Int] {
    let folded = LogEntry.folded(filter)
    var indices: [Int] = []
    var index = end
    while indices.count < rows, index > 0 {
      index -= 1
      if isShown(entries[index], folded) { indices.append(index) }
    }
    return indices.reversed()
  }

  /// Moves by lines, up when negative.
  ///
  /// - Returns: What is needed for it: older lines, or newer ones.
  package mutating func scroll(_ lines: Int, rows: Int) -> Effect? {
    let folded = LogEntry.folded(filter)
    var place = end
    var left = abs(lines)
    if lines < 0 {
      while left > 0, place > 1 {
        place -= 1
        if isShown(entries[place], folded) { left -= 1 }
      }
      isFollowing = false
      bottom = place
      return olderIfNeeded(rows)
    }
    while left > 0, place < entries.count {
      if isShown(entries[place], folded) { left -= 1 }
      place += 1
    }
    bottom = place
    if isBehind, entries.count - place <= rows { return requestNewer() }
    if place == entries.count, !isBehind { isFollowing = true }
    return nil
  }

  /// Shows the end and moves along from here on.
  package mutating func follow() -> Effect? {
    found = nil
    sought = nil
    search = nil
    isFollowing = true
    guard isBehind, let service else { return nil }
    open(service)
    return .followLog(service)
  }

  /// Asks for more older lines when those that came do not fill the window yet.
  ///
  /// A filter that passes hardly anything does not make it read all the log: who goes up goes on.
  package mutating func fill(rows: Int) -> Effect? {
    isFollowing || isOverfull ? nil : olderIfNeeded(rows)
  }

  /// Shows the oldest line that is here.
  package mutating func toStart(rows: Int) -> Effect? {
    isFollowing = false
    bottom = min(entries.count, max(rows, 1))
    return olderIfNeeded(rows)
  }

  private mutating func olderIfNeeded(_ rows: Int) -> Effect? {
    guard window(rows).count < rows || bottom <= rows else { return nil }
    guard !isAtStart, !isLoading, let service, let position = firstPosition else { return nil }
    isLoading = true
    return .olderLog(service, before: position)
  }

  private mutating func requestNewer() -> Effect? {
    guard !isLoading, let service, let position = lastPosition else { return nil }
    isLoading = true
    return .newerLog(service, after: position)
  }

  /// Brings an entry into the middle of the window.
  mutating func show(_ place: Int, rows: Int) {
    bottom = end
    found = place
    isFollowing = false
    let visible = window(rows)
    if let first = visible.first, let last = visible.last, (first...last).contains(place),
      bottom > 0
    {
      return
    }
    bottom = min(entries.count, place + 1 + rows / 2)
  }
}
