internal import SystemSupport

/// Publishes what a builder reports: not before half a second, and at most four times a second.
///
/// A run that is over sooner costs nothing but the pipe.
final class ProgressPublisher {
  private let rule: String
  private let environment: PassEnvironment
  private var next = Instant.now + .milliseconds(500)
  private var latest: Progress?
  private var timer: EventLoop.Token?
  private var pace = ProgressPace()
  private var hasPublished = false

  private static let pause = Duration.milliseconds(250)

  init(_ rule: String, in environment: PassEnvironment) {
    self.rule = rule
    self.environment = environment
  }

  /// Takes a report.
  func take(_ progress: Progress) {
    latest = progress
    guard timer == nil else { return }
    timer = environment.loop.schedule(at: max(next, .now)) { [self] in publish() }
  }

  /// Ends when the builder has ended.
  func end() {
    environment.loop.cancel(timer)
    if hasPublished { environment.store.withdrawProgress() }
  }

  private func publish() {
    timer = nil
    guard let latest else { return }
    next = .now + Self.pause
    hasPublished = true
    environment.store.publish(
      PublishedProgress(
        rule: rule, pid: ownProcessNumber(), progress: latest, time: .now,
        rate: pace.rate(with: latest, at: .now)))
  }
}

/// How fast a piece of work goes, over the last ten seconds.
struct ProgressPace {
  private var samples: [(time: Instant, progress: Progress)] = []

  private static let window = Duration.seconds(10)

  /// The rate, in units a second; nil while there is too little to tell.
  mutating func rate(with progress: Progress, at now: Instant) -> Double? {
    if let last = samples.last?.progress,
      last.done > progress.done || last.total != progress.total || last.unit != progress.unit
    {
      // Another piece of work has begun.
      samples = []
    }
    samples.append((now, progress))
    // One sample may be older, so that a slow work has a rate too.
    while samples.count > 2, now - samples[1].time >= Self.window { samples.removeFirst() }
    guard let first = samples.first, now > first.time, progress.done > first.progress.done else {
      return nil
    }
    return Double(progress.done - first.progress.done) / (now - first.time).seconds
  }
}
