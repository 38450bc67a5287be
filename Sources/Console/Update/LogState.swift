internal import Supervision
package import SystemSupport

/// The log that is shown: a bounded stretch of it, and where the reader is.
package struct LogState: Sendable {
  /// How many columns of the lines are left out at their start, to read what is too long.
  package var shift = 0
  /// How the time of a line is written.
  package enum Times: String, CaseIterable, Sendable {
    case local, utc, relative, raw
  }

  package var service: ServiceName?
  package private(set) var entries: [LogEntry] = []
  private var byteCount = 0
  /// Whether the end is shown and moves along.
  package private(set) var isFollowing = true
  /// While it does not: the entry after the last one that is shown.
  package private(set) var bottom = 0
  /// Whether newer lines were left out because there is no room for them: nothing follows now.
  package private(set) var isBehind = false
  /// Whether the oldest line of all is here.
  package private(set) var isAtStart = false
  package private(set) var isLoading = false
  package var times = Times.local
  package var find = ""
  package var filter = ""
  /// The entry that the search stands at.
  package private(set) var found: Int?
  /// Whether the search goes on in older lines as they come.
  package private(set) var isSearchingBack = false
  /// The moment that is looked for in older lines as they come.
  package private(set) var sought: Timestamp?
  /// Why there is nothing to show.
  package private(set) var trouble: String?

  /// The most entries and bytes that are kept.
  static let capacity = 4000
  static let byteCapacity = 2 << 20

  package init() {}
}

// MARK: - Lines

extension LogState {
  /// Begins with another log, or anew.
  package mutating func open(_ service: ServiceName?) {
    let (times, find, filter) = (times, find, filter)
    self = LogState()
    self.service = service
    (self.times, self.find, self.filter) = (times, find, filter)
  }

  /// Adds newer lines; the oldest go when there are too many.
  ///
  /// - Returns: Whether the source should pause: the reader is elsewhere and there is no room left.
  package mutating func append(_ new: [LogEntry]) -> Bool {
    trouble = nil
    guard !isBehind else { return false }
    entries += new
    byteCount += Self.size(of: new)
    if isFollowing {
      dropOldest()
      return false
    }
    guard isOverfull else { return false }
    isBehind = true
    return true
  }

  /// Adds older lines; the newest go when there are too many.
  ///
  /// - Returns: Whether the source should pause.
  package mutating func prepend(_ older: [LogEntry]?) -> Bool {
    isLoading = false
    guard let older else {
      isAtStart = true
      isSearchingBack = false
      return false
    }
    entries.insert(contentsOf: older, at: 0)
    byteCount += Self.size(of: older)
    bottom += older.count
    found = found.map { $0 + older.count }
    var surplus = 0
    while isOverfull, entries.count > bottom + 1 {
      byteCount -= Self.size(of: [entries.removeLast()])
      surplus += 1
    }
    defer { if surplus > 0 { isBehind = true } }
    return surplus > 0 && !isBehind
  }

  package mutating func fail(_ reason: String) { trouble = reason }

  private var isOverfull: Bool {
    entries.count > Self.capacity || byteCount > Self.byteCapacity
  }

  private mutating func dropOldest() {
    guard isOverfull else { return }
    // A quarter at once, so that a flood does not move all entries for each new one.
    let goal = Self.capacity * 3 / 4
    var count = max(0, entries.count - goal)
    var bytes = Self.size(of: entries[..<count])
    while byteCount - bytes > Self.byteCapacity, count < entries.count {
      bytes += Self.size(of: entries[count...count])
      count += 1
    }
    entries.removeFirst(count)
    byteCount -= bytes
    isAtStart = false
    found = found.flatMap { $0 >= count ? $0 - count : nil }
  }

  private static func size(of entries: some Collection<LogEntry>) -> Int {
    entries.reduce(0) { $0 + $1.text.count + 64 }
  }
}

// MARK: - Moving

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
    guard place == entries.count, !isFollowing else { return nil }
    return resume()
  }

  /// Shows the end and moves along from here on.
  package mutating func follow() -> Effect? {
    found = nil
    sought = nil
    isSearchingBack = false
    isFollowing = true
    guard isBehind, let service else { return nil }
    open(service)
    return .followLog(service, since: nil)
  }

  /// Asks for more older lines when those that came do not fill the window yet.
  package mutating func fill(rows: Int) -> Effect? { isFollowing ? nil : olderIfNeeded(rows) }

  /// Shows the oldest line that is here.
  package mutating func toStart(rows: Int) -> Effect? {
    isFollowing = false
    bottom = min(entries.count, max(rows, 1))
    return olderIfNeeded(rows)
  }

  private mutating func resume() -> Effect? {
    guard isBehind, let service, let last = entries.last?.position else {
      isFollowing = !isBehind
      return nil
    }
    // The lines between are read from the files: none is lost and none comes twice.
    isBehind = false
    isFollowing = true
    byteCount -= Self.size(of: [entries.removeLast()])
    return .followLog(service, since: last)
  }

  private mutating func olderIfNeeded(_ rows: Int) -> Effect? {
    guard window(rows).count < rows || bottom <= rows else { return nil }
    return requestOlder()
  }

  private mutating func requestOlder() -> Effect? {
    guard !isAtStart, !isLoading, let service, let first = entries.first(where: \.isLine) else {
      return nil
    }
    isLoading = true
    return .olderLog(service, before: first.position)
  }
}

// MARK: - Searching

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

  /// Goes to the next line that holds the text, towards older lines unless asked otherwise.
  package mutating func findNext(older: Bool, rows: Int) -> Effect? {
    let folded = LogEntry.folded(find)
    let filterFolded = LogEntry.folded(filter)
    guard !folded.isEmpty else { return nil }
    let from = found ?? (older ? end : max(0, end - rows) - 1)
    func isHit(_ place: Int) -> Bool {
      entries[place].contains(folded) && isShown(entries[place], filterFolded)
    }
    let place =
      older
      ? (0..<min(from, entries.count)).last(where: isHit)
      : ((from + 1)..<max(from + 1, entries.count)).first(where: isHit)
    if let place {
      show(place, rows: rows)
      return nil
    }
    guard older, !isAtStart else { return nil }
    bottom = end
    isSearchingBack = true
    isFollowing = false
    return requestOlder()
  }

  /// Goes on with a search after older lines have come.
  package mutating func continueSearch(rows: Int) -> Effect? {
    guard isSearchingBack else { return nil }
    isSearchingBack = false
    return findNext(older: true, rows: rows)
  }

  /// Shows the first line that was written at a moment or later, in older lines if need be.
  package mutating func seek(_ moment: Timestamp, rows: Int) -> Effect? {
    sought = moment
    guard let first = entries.lazy.compactMap({ $0.stamp?.timestamp }).first else { return nil }
    if first > moment, !isAtStart {
      bottom = end
      isFollowing = false
      return requestOlder()
    }
    sought = nil
    let place = entries.firstIndex { ($0.stamp?.timestamp).map { $0 >= moment } ?? false }
    show(place ?? entries.count - 1, rows: rows)
    return nil
  }

  /// Goes on looking for a moment after other lines have come.
  package mutating func continueSeeking(rows: Int) -> Effect? {
    sought.flatMap { seek($0, rows: rows) }
  }

  package mutating func stopSearch() {
    sought = nil
    find = ""
    found = nil
    isSearchingBack = false
  }

  /// Brings an entry into the middle of the window.
  private mutating func show(_ place: Int, rows: Int) {
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

extension LogEntry {
  /// Whether it is a line of the log, with a place in it.
  var isLine: Bool { position != nil }
}
