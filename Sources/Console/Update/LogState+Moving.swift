internal import Supervision

/// The rows of one log entry that are in view.
package struct VisibleEntry: Equatable, Sendable {
  /// The index of the entry.
  package let index: Int
  /// Which of its rows.
  package let rows: Range<Int>
}

extension LogState {
  /// The end of what is shown, whether it follows or not.
  package var end: Int { isFollowing ? entries.count : min(bottom, entries.count) }

  /// Whether an entry passes the filter.
  package func isShown(_ entry: LogEntry, _ folded: [UInt8]) -> Bool {
    folded.isEmpty || entry.contains(folded)
  }

  /// What is in view of a window that ends at `end`, first to last.
  package func window(_ pane: LogPane) -> [VisibleEntry] {
    let folded = LogEntry.folded(filter)
    var visible: [VisibleEntry] = []
    var left = pane.rows
    var (place, hidden) = (end, isFollowing ? 0 : hiddenRows)
    while left > 0, let index = lastShown(before: place, folded) {
      let height = pane.height(of: entries[index])
      let last = max(1, height - hidden)
      let first = max(0, last - left)
      visible.append(VisibleEntry(index: index, rows: first..<last))
      left -= last - first
      (place, hidden) = (index, 0)
    }
    return visible.reversed()
  }

  private func lastShown(before place: Int, _ folded: [UInt8]) -> Int? {
    entries[..<place].lastIndex { isShown($0, folded) }
  }

  private func firstShown(from place: Int, _ folded: [UInt8]) -> Int? {
    entries[place...].firstIndex { isShown($0, folded) }
  }
}

// MARK: - Moving

extension LogState {
  /// Moves by rows, up when negative.
  ///
  /// - Returns: What is needed for it: older lines, or newer ones.
  package mutating func scroll(_ rows: Int, in pane: LogPane) -> Effect? {
    guard rows > 0 else {
      moveUp(-rows, in: pane)
      stopAtStart(pane)
      return olderIfNeeded(pane)
    }
    let wasFollowing = isFollowing
    moveDown(rows, in: pane)
    if isBehind, entries.count - bottom <= pane.rows { return requestNewer() }
    let isAtEnd = bottom == entries.count && hiddenRows == 0
    isFollowing = wasFollowing || isAtEnd && !isBehind
    return nil
  }

  private mutating func moveUp(_ rows: Int, in pane: LogPane) {
    let folded = LogEntry.folded(filter)
    stand(in: pane)
    var left = rows
    while left > 0, let index = lastShown(before: bottom, folded) {
      let height = pane.height(of: entries[index])
      let step = min(left, height - hiddenRows)
      left -= step
      hiddenRows += step
      guard hiddenRows == height else { return bottom = index + 1 }
      // One row always stays.
      guard lastShown(before: index, folded) != nil else { return hiddenRows = height - 1 }
      (bottom, hiddenRows) = (index, 0)
    }
  }

  private mutating func moveDown(_ rows: Int, in pane: LogPane) {
    let folded = LogEntry.folded(filter)
    stand(in: pane)
    var left = rows - min(rows, hiddenRows)
    hiddenRows -= rows - left
    while left > 0, let index = firstShown(from: bottom, folded) {
      let height = pane.height(of: entries[index])
      let step = min(left, height)
      left -= step
      (bottom, hiddenRows) = (index + 1, height - step)
    }
    if hiddenRows == 0, firstShown(from: bottom, folded) == nil { bottom = entries.count }
  }

  /// Takes the place that is shown now as one that no new line moves.
  private mutating func stand(in pane: LogPane) {
    (bottom, hiddenRows) = (end, isFollowing ? 0 : hiddenRows)
    isFollowing = false
    guard hiddenRows > 0 else { return }
    // The pane may have become wider since.
    let last = lastShown(before: bottom, LogEntry.folded(filter))
    hiddenRows = last.map { min(hiddenRows, pane.height(of: entries[$0]) - 1) } ?? 0
  }

  /// Goes no further up than to a full window that begins with the oldest line.
  private mutating func stopAtStart(_ pane: LogPane) {
    guard isAtStart else { return }
    let missing = pane.rows - window(pane).reduce(0) { $0 + $1.rows.count }
    if missing > 0 { moveDown(missing, in: pane) }
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
  package mutating func fill(_ pane: LogPane) -> Effect? {
    guard !isFollowing else { return nil }
    stopAtStart(pane)
    return isOverfull ? nil : olderIfNeeded(pane)
  }

  /// Shows the oldest line of all; when it is not here, what is shown stays until it has come.
  package mutating func toStart(_ pane: LogPane) -> Effect? {
    let target = LogTarget.start(filter: LogEntry.folded(filter))
    if let effect = searchElsewhere(for: target, isUpward: true) { return effect }
    begin(at: 0, in: pane)
    return nil
  }

  /// Shows a window that begins with an entry, or with the next one that passes the filter.
  mutating func begin(at place: Int, in pane: LogPane) {
    (isFollowing, bottom, hiddenRows) = (false, place, 0)
    moveDown(pane.rows, in: pane)
  }

  private mutating func olderIfNeeded(_ pane: LogPane) -> Effect? {
    let isFull = window(pane).reduce(0) { $0 + $1.rows.count } >= pane.rows
    guard !isFull || bottom <= pane.rows else { return nil }
    guard !isAtStart, !isLoading, let service, let position = firstPosition else { return nil }
    isLoading = true
    return .olderLog(service, before: position)
  }

  private mutating func requestNewer() -> Effect? {
    guard !isLoading, let service, let position = lastPosition else { return nil }
    isLoading = true
    return .newerLog(service, after: position)
  }

  /// Brings a row of an entry into the middle of the window, unless it is in view already.
  mutating func show(_ place: Int, row: Int = 0, in pane: LogPane) {
    stand(in: pane)
    found = place
    let visible = window(pane)
    if let first = visible.first?.index, let last = visible.last?.index,
      (first...last).contains(place),
      visible.first(where: { $0.index == place })?.rows.contains(row) ?? true
    {
      return
    }
    let isShown = isShown(entries[place], LogEntry.folded(filter))
    (bottom, hiddenRows) = (place + 1, isShown ? pane.height(of: entries[place]) - 1 - row : 0)
    moveDown(pane.rows / 2, in: pane)
  }
}
