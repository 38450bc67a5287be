internal import SystemSupport
internal import Updating

/// How far the run of a product's rule is: as its builder reports, or else judged by its last run.
struct ProgressWords {
  private let product: Product
  private let running: RuleState.Running?
  private let now: Timestamp

  init(_ product: Product, _ state: ConsoleState) {
    self.product = product
    running = product.state.running
    now = state.now
  }

  /// As much of it as a column has room for: a bar, the time that is left, the rate.
  func fitting(_ width: Int) -> String {
    let texts = reported(width) ?? estimated(width) ?? [elapsedWords]
    return texts.first { TextWidth.of($0) <= width } ?? TextFitting.fit(texts.last ?? "", width)
  }

  /// All of it, in words.
  var sentence: String {
    guard let report = running?.progress else {
      let last = lastDuration.map { "; the last run took \(Words.took($0))" } ?? ""
      return "runs for \(Words.took(elapsed)); its builder does not tell how far it is" + last
    }
    return [count(report), rate(report), left(report)].compactMap(\.self).joined(separator: ", ")
  }

  private func bar(_ share: Double, _ width: Int) -> String {
    let length = max(4, min(12, width - 22))
    let full = Int(share * Double(length))
    return String(repeating: "█", count: full) + String(repeating: "░", count: length - full)
  }
}

// MARK: - Reported

extension ProgressWords {
  private func reported(_ width: Int) -> [String]? {
    guard let report = running?.progress else { return nil }
    let short = "\(bar(report.share, width)) \(Int(report.share * 100))%"
    guard let left = left(report) else { return [short + "  " + count(report), short] }
    let timed = short + "  " + left
    guard let rate = rate(report) else { return [timed, short] }
    // Where it is narrow, what is counted is told by the details.
    let brief = rate.replacing(unit(report), with: "")
    let small = "\(bar(report.share, 0)) \(Int(report.share * 100))%"
    return [
      timed + "  " + rate + "  " + count(report), timed + "  " + rate, timed + "  " + brief,
      small + "  " + left + "  " + brief, timed, small + "  " + left,
      small + "  " + left.replacing(" left", with: ""), small,
    ]
  }

  private func count(_ report: PublishedProgress) -> String {
    let (done, total) = (report.progress.done, report.progress.total)
    return "\(Words.count(done)) of \(Words.count(total))\(unit(report))"
  }

  private func unit(_ report: PublishedProgress) -> String {
    report.progress.unit.isEmpty ? "" : " " + VisibleText.escape(report.progress.unit)
  }

  /// Such as `340 domains/s`, `3.4 domains/s` or `12 domains/min`.
  private func rate(_ report: PublishedProgress) -> String? {
    guard let rate = report.rate, rate.isFinite, rate > 0, rate < 1e12 else { return nil }
    let unit = unit(report)
    switch rate {
    case 10...: return "\(Words.count(Int(rate)))\(unit)/s"
    case 1...: return "\(Int(rate)).\(Int(rate * 10) % 10)\(unit)/s"
    default: return "\(Words.count(Int(rate * 60)))\(unit)/min"
    }
  }

  private func left(_ report: PublishedProgress) -> String? {
    if report.progress.done == report.progress.total { return "finishing" }
    guard let seconds = report.secondsLeft(at: now), seconds < 1e6 else { return nil }
    return Self.time(seconds) + " left"
  }

  /// Whole seconds: their tenths would only flicker.
  private static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}

// MARK: - Estimated

extension ProgressWords {
  private var elapsed: Int64 { running.map { max(0, (now - $0.since).wholeNanoseconds) } ?? 0 }

  /// How long the last run took that made the product.
  private var lastDuration: Int64? {
    product.state.runs.first { $0.result == .built || $0.result == .unchanged }?.duration
  }

  private var elapsedWords: String {
    running.map { "\(Words.took(elapsed)), by \($0.by)" } ?? ""
  }

  private func estimated(_ width: Int) -> [String]? {
    guard let last = lastDuration, last > 2_000_000_000 else { return nil }
    let share = min(Double(elapsed) / Double(last), 0.99)
    let short = "\(bar(share, width)) ~\(Int(share * 100))%"
    guard elapsed < last else { return [short + "  longer than last time", short] }
    let left = short + "  ~" + Self.time(Double(last - elapsed) / 1e9)
    return [left + " left, if as last time", left + " left", left, short]
  }
}
