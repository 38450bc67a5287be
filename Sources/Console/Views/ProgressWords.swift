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
    return ProgressFigures(report, at: now).sentence
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
    let figures = ProgressFigures(report, at: now)
    let short = "\(bar(report.share, width)) \(figures.percent)%"
    guard let left = figures.left else { return [short + "  " + figures.count, short] }
    let timed = short + "  " + left
    guard let rate = figures.rate else { return [timed, short] }
    // Where it is narrow, what is counted is told by the details.
    let brief = rate.replacing(figures.unit, with: "")
    let small = "\(bar(report.share, 0)) \(figures.percent)%"
    return [
      timed + "  " + rate + "  " + figures.count, timed + "  " + rate, timed + "  " + brief,
      small + "  " + left + "  " + brief, timed, small + "  " + left,
      small + "  " + left.replacing(" left", with: ""), small,
    ]
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
    let left = short + "  ~" + ProgressFigures.time(Double(last - elapsed) / 1e9)
    return [left + " left, if as last time", left + " left", left, short]
  }
}
