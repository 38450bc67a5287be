internal import FoundationEssentials
package import SystemPackage
package import SystemSupport

/// How far the run of a rule is, as everybody may see it while it lasts.
package struct PublishedProgress: Equatable, Sendable, Codable {
  /// The rule that runs.
  package var rule: String
  /// The process that runs it.
  package var pid: Int32
  /// What its builder reported last.
  package var progress: Progress
  /// When it did.
  package var time: Timestamp
  /// How many of the unit were done in a second of late; nil while that is not known.
  package var rate: Double?

  package init(
    rule: String, pid: Int32, progress: Progress, time: Timestamp, rate: Double? = nil
  ) {
    self.rule = rule
    self.pid = pid
    self.progress = progress
    self.time = time
    self.rate = rate
  }

  /// The share that is done, 0 to 1.
  package var share: Double { Double(progress.done) / Double(progress.total) }

  /// How many seconds are left at a time, at the present rate; nil while that is not known.
  package func secondsLeft(at now: Timestamp) -> Double? {
    guard let rate, rate > 0 else { return nil }
    let left = Double(progress.total - progress.done) / rate
    return max(0, left - Double((now - time).wholeNanoseconds) / 1e9)
  }
}

extension StateStore {
  /// Where the run that goes on tells how far it is.
  package var progressPath: FilePath { directory.appending("progress") }

  /// How far a run is; nil where its builder does not tell, or has not for long enough yet.
  package func progress(of rule: String, _ running: RuleState.Running) -> PublishedProgress? {
    guard let bytes = try? FileReading.contents(of: progressPath, limit: 1 << 12),
      let progress = try? JSONDecoder().decode(PublishedProgress.self, from: Data(bytes)),
      progress.rule == rule, progress.pid == running.pid, progress.time >= running.since
    else { return nil }
    return progress
  }

  /// Lets everybody see how far the run is; the caller holds the lock.
  func publish(_ progress: PublishedProgress) {
    guard let bytes = try? JSONEncoder().encode(progress) else { return }
    // Without it the run is as good, and shown as before.
    try? FileReplacement.write([UInt8](bytes), to: progressPath, mode: 0o600, durably: false)
  }

  /// Ends that.
  func withdrawProgress() { try? FileOperations.remove(progressPath) }
}
