internal import Supervision
package import SystemSupport

extension LogState {
  /// How many of the lines that are here hold the text, and which of them the search stands at.
  package var findCount: (place: Int?, all: Int) {
    let folded = LogEntry.folded(find)
    let filterFolded = LogEntry.folded(filter)
    guard !folded.isEmpty else { return (nil, 0) }
    var all = 0
    var place: Int?
    for (index, entry) in entries.enumerated() {
      guard entry.contains(folded), isShown(entry, filterFolded) else { continue }
      all += 1
      if index == found { place = all }
    }
    return (place, all)
  }

  /// Whether every line of the log is here.
  package var isWhole: Bool { isAtStart && !isBehind }

  /// Goes to the next line that holds the text, also in lines that are not here.
  package mutating func findNext(older: Bool, in pane: LogPane) -> Effect? {
    let target = LogTarget.text(LogEntry.folded(find), filter: LogEntry.folded(filter))
    guard !find.isEmpty else { return nil }
    let from = found ?? (older ? end : (window(pane).first?.index ?? end) - 1)
    let (before, after) = (min(from, entries.count), min(max(0, from + 1), entries.count))
    let place =
      older
      ? target.lastHit(in: entries[..<before]) : target.firstHit(in: entries[after...])
    if let place {
      let row = pane.row(of: LogEntry.folded(find), in: entries[place])
      show(place, row: row, in: pane)
      return nil
    }
    return searchElsewhere(for: target, isUpward: older)
  }

  /// Shows the first line that was written at a moment or later.
  package mutating func seek(_ moment: Timestamp, in pane: LogPane) -> Effect? {
    let times = entries.lazy.compactMap(\.time)
    guard let first = times.first else {
      sought = moment
      return nil
    }
    sought = nil
    let target = LogTarget.moment(moment)
    if first > moment, !isAtStart { return searchElsewhere(for: target, isUpward: true) }
    if let place = target.firstHit(in: entries[...]) {
      show(place, in: pane)
      return nil
    }
    if isBehind { return searchElsewhere(for: target, isUpward: false) }
    show(entries.count - 1, in: pane)
    return nil
  }

  /// Goes on looking for a moment once there are lines.
  package mutating func continueSeeking(in pane: LogPane) -> Effect? {
    sought.flatMap { seek($0, in: pane) }
  }

  mutating func searchElsewhere(for target: LogTarget, isUpward: Bool) -> Effect? {
    guard isUpward ? !isAtStart : isBehind, let service,
      let position = isUpward ? firstPosition : lastPosition
    else { return nil }
    search = Search(
      isUpward: isUpward, target: target, start: position, wasFollowing: isFollowing)
    // What is here stays as it is until the answer comes.
    bottom = end
    isFollowing = false
    return .searchLog(service, target, from: position, isUpward: isUpward)
  }

  /// Takes in how a search stands.
  ///
  /// - Returns: Whether the source should pause, and what is needed then.
  package mutating func take(_ finding: LogFinding, in pane: LogPane) -> (isPausing: Bool, Effect?)
  {
    guard let search else { return (false, nil) }
    if case .progress(let lines, let time) = finding {
      self.search?.lines = lines
      self.search?.time = time
      return (false, nil)
    }
    self.search = nil
    if case .found(let stretch) = finding, !stretch.entries.isEmpty || stretch.isAdjoining {
      return (take(stretch, of: search, in: pane), fill(pane))
    }
    switch search.target {
    case .moment where !entries.isEmpty:
      show(search.isUpward ? 0 : entries.count - 1, in: pane)
      return (false, nil)
    case .start:
      begin(at: 0, in: pane)
      return (false, fill(pane))
    default: return (false, search.wasFollowing ? follow() : nil)
    }
  }

  /// Leaves what is searched for, and shows all again.
  package mutating func stopSearch() {
    sought = nil
    find = ""
    found = nil
    search = nil
  }
}
