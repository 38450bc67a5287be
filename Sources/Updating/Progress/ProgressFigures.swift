package import SystemSupport

/// How far a run is, in figures for people.
package struct ProgressFigures {
  private let report: PublishedProgress
  private let now: Timestamp

  package init(_ report: PublishedProgress, at now: Timestamp) {
    self.report = report
    self.now = now
  }

  /// Such as ` domains`, with the space before it; empty where nothing is named.
  package var unit: String { report.progress.unit.isEmpty ? "" : " " + report.progress.unit }

  /// The share that is done, rounded down.
  package var percent: Int { Int(report.share * 100) }

  /// Such as `3,400 of 10,000 domains`.
  package var count: String {
    "\(report.progress.done.grouped) of \(report.progress.total.grouped)\(unit)"
  }

  /// Such as `340 domains/s`, `3.4 domains/s` or `12 domains/min`; nil while it is not known.
  package var rate: String? {
    guard let rate = report.rate, rate.isFinite, rate > 0, rate < 1e12 else { return nil }
    switch rate {
    case 10...: return "\(Int(rate).grouped)\(unit)/s"
    case 1...: return "\(Int(rate)).\(Int(rate * 10) % 10)\(unit)/s"
    default: return "\(Int(rate * 60).grouped)\(unit)/min"
    }
  }

  /// Such as `19 s left`; nil while it is not known.
  package var left: String? {
    if report.progress.done == report.progress.total { return "finishing" }
    guard let seconds = report.secondsLeft(at: now), seconds < 1e6 else { return nil }
    return Self.time(seconds) + " left"
  }

  /// All of it: `3,400 of 10,000 domains, 340 domains/s, 19 s left`.
  package var sentence: String { [count, rate, left].compactMap(\.self).joined(separator: ", ") }

  /// Whole seconds: their tenths would only flicker.
  package static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
