internal import SystemSupport
internal import Updating

/// What came of a pass, in one line.
struct PassNews {
  private let result: PassResult
  private let forced: [String]

  init(_ result: PassResult, forced: [String]) {
    self.result = result
    self.forced = forced
  }

  var message: Message {
    if let failure = result.failure { return Message(.failed, failure, at: .now) }
    let runs = result.entries.compactMap { entry in
      entry.run.map { (VisibleText.escape(entry.rule.name), $0) }
    }
    let skipped = result.entries.compactMap { entry in
      entry.skipped.map { "\(VisibleText.escape(entry.rule.name)) \($0)" }
    }
    let parts = runs.map { "\($0): \(Self.words($1))" } + skipped
    let stopped = result.isStopped ? ["stopped before its end"] : []
    guard !parts.isEmpty else {
      return result.isStopped
        ? Message(.failed, "stopped before its end", at: .now) : Message(.done, nothing, at: .now)
    }
    return Message(
      kind(runs.map(\.1.result), skipped), (parts + stopped).joined(separator: "; "), at: .now)
  }

  private func kind(_ results: [RunReport.Result], _ skipped: [String]) -> Message.Kind {
    if results.contains(.failed) || result.isStopped { return .failed }
    if results.contains(.held) || !skipped.isEmpty { return .refused }
    return .verified
  }

  private var nothing: String {
    let trouble = result.entries.filter { $0.verdict.isTrouble }.map(\.rule.name)
    if trouble.isEmpty { return "nothing was stale" }
    return "nothing could be done; look at \(trouble.joined(separator: ", "))"
  }

  private static func words(_ run: RunReport) -> String {
    "\(run.summary), in \(Words.took(run.duration))"
      + (run.result == .held ? "; g releases it" : "")
  }
}
