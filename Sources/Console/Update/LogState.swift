package import Supervision
package import SystemSupport

/// The log that is shown: a bounded stretch of it, and where the reader is.
package struct LogState: Sendable {
  /// How the time of a line is written.
  package enum Times: String, CaseIterable, Sendable {
    case local, utc, relative, raw
  }

  package var service: ServiceName?
  package internal(set) var entries: [LogEntry] = []
  var byteCount = 0
  /// Whether the end is shown and moves along.
  package internal(set) var isFollowing = true
  /// While it does not: the entry after the last one that is shown.
  package internal(set) var bottom = 0
  /// How many rows of that last one lie beneath the window.
  package internal(set) var hiddenRows = 0
  /// Whether newer lines were left out because there is no room for them: nothing follows now.
  package internal(set) var isBehind = false
  /// Whether the oldest line of all is here.
  package internal(set) var isAtStart = false
  package internal(set) var isLoading = false
  /// Whether lines that are too long go on in further rows.
  package var isWrapped = true
  /// How many columns of the lines are left out at their start, to read what is too long.
  ///
  /// While there are any, no line goes on in further rows.
  package var shift = 0
  package var times = Times.local
  package var find = ""
  package var filter = "" {
    didSet { hiddenRows = 0 }
  }
  /// The entry that the search stands at.
  package internal(set) var found: Int?
  /// The search that goes on in lines that are not here.
  package internal(set) var search: Search?
  /// The moment that is looked for once there are lines.
  var sought: Timestamp?
  /// Why there is nothing to show.
  package internal(set) var trouble: String?

  /// The most entries and bytes that are kept.
  static let capacity = 4000
  static let byteCapacity = 2 << 20

  /// A search in lines that are not here.
  package struct Search: Equatable, Sendable {
    package let isUpward: Bool
    package let target: LogTarget
    /// The line that it began beside.
    let start: LogPosition
    let wasFollowing: Bool
    /// How many lines were looked at, and how old the last of them is.
    package var lines = 0
    package var time: Timestamp?
  }

  package init() {}

  /// Begins with another log, or anew.
  package mutating func open(_ service: ServiceName?) {
    let (times, find, filter, isWrapped) = (times, find, filter, isWrapped)
    self = LogState()
    self.service = service
    (self.times, self.find, self.filter, self.isWrapped) = (times, find, filter, isWrapped)
  }

  package mutating func fail(_ reason: String) { trouble = reason }

  var firstPosition: LogPosition? { entries.lazy.compactMap(\.position).first }
  var lastPosition: LogPosition? { entries.last(where: \.isLine)?.position }
}

// MARK: - Lines that come

extension LogState {
  /// Adds newer lines; the oldest go when there are too many.
  ///
  /// - Returns: Whether the source should pause: the reader is elsewhere and there is no room left.
  package mutating func append(_ new: [LogEntry]) -> Bool {
    trouble = nil
    guard !isBehind else { return false }
    add(newer: new)
    if isFollowing {
      dropOldest()
      return false
    }
    guard isOverfull else { return false }
    isBehind = true
    return true
  }

  /// Adds older lines that were asked for; the newest go when there are too many.
  ///
  /// - Parameters:
  ///   - older: The lines; nil when there are none.
  ///   - position: The line before which they lie; those for another place are of no use any more.
  /// - Returns: Whether the source should pause.
  package mutating func prepend(_ older: [LogEntry]?, before position: LogPosition?) -> Bool {
    guard position == firstPosition else { return false }
    isLoading = false
    guard let older else {
      isAtStart = true
      return false
    }
    add(older: older)
    return dropNewest()
  }

  /// Adds newer lines that were asked for; the oldest go when there are too many.
  ///
  /// - Parameters:
  ///   - newer: The lines; the first may be the one at the position again.
  ///   - position: The line after which they lie.
  ///   - isEnd: Whether these are all that there are: from here on they come by themselves.
  /// - Returns: Whether the source should pause.
  package mutating func take(
    newer: [LogEntry], after position: LogPosition, isEnd: Bool
  ) -> Bool {
    guard position == lastPosition, isBehind else { return isEnd }
    isLoading = false
    isBehind = !isEnd
    add(newer: newer.filter { $0.position != position })
    dropOldest()
    return false
  }

  private mutating func add(newer: [LogEntry]) {
    entries += newer
    byteCount += Self.size(of: newer)
  }

  private mutating func add(older: [LogEntry]) {
    entries.insert(contentsOf: older, at: 0)
    byteCount += Self.size(of: older)
    bottom += older.count
    found = found.map { $0 + older.count }
  }

  /// Puts lines from elsewhere in the place of those that are here.
  private mutating func replace(with new: [LogEntry]) {
    entries = new
    byteCount = Self.size(of: new)
    (found, isAtStart, isBehind, isLoading) = (nil, false, true, false)
  }

  /// Takes lines in among which something was found.
  ///
  /// - Returns: Whether the source should pause.
  mutating func take(_ stretch: LogStretch, of search: Search, in pane: LogPane) -> Bool {
    let wasBehind = isBehind
    var place = stretch.hit
    if search.isUpward, stretch.isAdjoining, search.start == firstPosition {
      add(older: stretch.entries)
      isLoading = false
    } else if !search.isUpward, stretch.isAdjoining, search.start == lastPosition {
      place += entries.count
      add(newer: stretch.entries)
      isLoading = false
    } else {
      replace(with: stretch.entries)
    }
    place = min(place, entries.count - 1)
    switch search.target {
    case .text(let text, _):
      show(place, row: pane.row(of: text, in: entries[place]), in: pane)
    case .moment: show(place, in: pane)
    case .start: begin(at: place, in: pane)
    }
    if search.isUpward { _ = dropNewest() } else { dropOldest() }
    return isBehind && !wasBehind
  }

  var isOverfull: Bool {
    entries.count > Self.capacity || byteCount > Self.byteCapacity
  }

  /// Makes room at the end that the reader is not at.
  ///
  /// - Returns: Whether the source should pause, as it need not have before.
  private mutating func dropNewest() -> Bool {
    var surplus = 0
    while isOverfull, entries.count > max(bottom, found ?? 0) + 1 {
      byteCount -= Self.size(of: [entries.removeLast()])
      surplus += 1
    }
    defer { if surplus > 0 { isBehind = true } }
    return surplus > 0 && !isBehind
  }

  /// Makes room at the start, except for the lines just above those that are shown.
  private mutating func dropOldest() {
    guard isOverfull else { return }
    // A quarter at once, so that a flood does not move all entries for each new one.
    let limit = isFollowing ? entries.count : max(0, min(bottom, found ?? bottom) - 500)
    var count = min(limit, max(0, entries.count - Self.capacity * 3 / 4))
    var bytes = Self.size(of: entries[..<count])
    while byteCount - bytes > Self.byteCapacity, count < limit {
      bytes += Self.size(of: entries[count...count])
      count += 1
    }
    guard count > 0 else { return }
    entries.removeFirst(count)
    byteCount -= bytes
    isAtStart = false
    bottom = max(0, bottom - count)
    found = found.flatMap { $0 >= count ? $0 - count : nil }
  }

  private static func size(of entries: some Collection<LogEntry>) -> Int {
    entries.reduce(0) { $0 + $1.text.count + 64 }
  }
}
