internal import Supervision
package import SystemSupport

/// How the entries of a log lie in the rows of its pane.
///
/// A line that is too long goes on in rows beneath it, a little further to the right. Without that,
/// or while the reader looks at what lies to the right, each line has one row, as `less -S` shows it.
package struct LogPane: Sendable {
  /// The rows that show lines.
  package let rows: Int
  private let columns: Int
  private let isWrapped: Bool
  private let shift: Int
  private let times: LogState.Times
  private let zone: Timestamp.Zone
  private let now: Timestamp

  package init(
    rows: Int, columns: Int = 1000, isWrapped: Bool = true, shift: Int = 0,
    times: LogState.Times = .utc, zone: Timestamp.Zone = .utc,
    now: Timestamp = Timestamp(nanoseconds: 0)
  ) {
    self.rows = max(1, rows)
    self.columns = columns
    self.isWrapped = isWrapped && shift == 0
    self.shift = shift
    self.times = times
    self.zone = zone
    self.now = now
  }

  /// The pane of the overview.
  init(_ state: ConsoleState) {
    let log = state.log
    self.init(
      rows: (Layout(state).log?.count ?? 1) - 1, columns: state.size.columns,
      isWrapped: log.isWrapped, shift: log.shift, times: log.times, zone: state.zone,
      now: state.now)
  }

  /// How many columns the rows after the first of a line are set in.
  static let indent = 2
  /// The column of the time stamps: the signs of a row stand before it.
  static let firstColumn = 2
}

// MARK: - Rows

extension LogPane {
  /// How many rows an entry takes.
  func height(of entry: LogEntry) -> Int {
    isWrapped ? rows(of: entry).count : 1
  }

  /// The text of an entry, safe to show, in its rows.
  func rows(of entry: LogEntry) -> [TextRow] {
    guard entry.isLine else {
      let text = "── \(String(decoding: entry.text, as: UTF8.self)) ──"
      return TextFitting.wrap(text, columns - Self.firstColumn, hanging: Self.indent)
    }
    let width = columns - textColumn(of: entry)
    guard !isWrapped else {
      return TextFitting.wrap(visible(entry, entry.text[...]), width, hanging: Self.indent)
    }
    // No more of a line is made visible than the screen can hold.
    var text = visible(entry, entry.text.prefix(4 * max(0, width + shift)))
    if shift > 0, !text.isEmpty {
      text = "…" + text[TextFitting.prefix(of: text, shift + 1).endIndex...]
    }
    return [TextRow(text: TextFitting.fit(text, width)[...], isWithinWord: false)]
  }

  private func visible(_ entry: LogEntry, _ part: ArraySlice<UInt8>) -> String {
    let isCut = part.count < entry.text.count || entry.dropped > 0
    return VisibleText.escape(part) + (isCut ? " …" : "")
  }

  /// The row of an entry that holds a folded pattern first; the first one when none does.
  func row(of pattern: [UInt8], in entry: LogEntry) -> Int {
    guard isWrapped, !pattern.isEmpty else { return 0 }
    let rows = rows(of: entry)
    guard let text = rows.first?.text.base,
      let match = LogEntry.range(of: pattern, in: Array(text.utf8), from: 0)
    else { return 0 }
    return rows.lastIndex { $0.bytes.lowerBound <= match.lowerBound } ?? 0
  }

  /// The column in which the text of an entry begins.
  func textColumn(of entry: LogEntry) -> Int {
    let stamp = stamp(of: entry)
    return Self.firstColumn + (stamp.isEmpty ? 0 : TextWidth.of(stamp) + 1)
  }
}

extension TextRow {
  /// The place of the row in the bytes of the whole text.
  var bytes: Range<Int> {
    let whole = text.base.utf8
    return whole.distance(
      from: whole.startIndex, to: text.startIndex)..<whole.distance(
        from: whole.startIndex, to: text.endIndex)
  }
}

// MARK: - Times

extension LogPane {
  /// The time of an entry as the reader wants it; empty when it has none.
  func stamp(of entry: LogEntry) -> String {
    guard let stamp = entry.stamp else { return "" }
    guard times != .raw, let time = stamp.timestamp else { return "\(stamp)" }
    switch times {
    case .relative: return TextFitting.pad(Words.age(now - time), 9, right: true)
    case .utc: return clock(time, .utc)
    default: return clock(time, zone)
    }
  }

  /// The time of day to the millisecond, after the date when it is another day's.
  private func clock(_ time: Timestamp, _ zone: Timestamp.Zone) -> String {
    let day = "%Y-%m-%d"
    let isToday = time.formatted(day, zone: zone) == now.formatted(day, zone: zone)
    let milliseconds = String(1000 + time.fraction / 1_000_000).dropFirst()
    return time.formatted(isToday ? "%H:%M:%S" : "%m-%d %H:%M:%S", zone: zone) + ".\(milliseconds)"
  }
}
