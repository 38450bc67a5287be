internal import Supervision
internal import SystemSupport
internal import Updating

extension World {
  /// Wakes up when something shown changes with time alone: at the next whole minute, each second
  /// while something runs, and when a failed rule is due again.
  func setClock() {
    loop.cancel(clock)
    let now = Timestamp.now
    let period: Int64 = isRunning || pass != nil ? 1_000_000_000 : 60_000_000_000
    var wait = period - now.nanoseconds % period
    for case .failed(let failure) in facts.products.map(\.verdict) {
      let due = failure.nextTry.nanoseconds - now.nanoseconds + 50_000_000
      if due > 0 { wait = min(wait, due) }
    }
    clock = loop.schedule(after: .nanoseconds(max(1_000_000, wait))) { [weak self] in self?.tick() }
  }

  /// Whether somebody runs rules now.
  private var isRunning: Bool {
    facts.lockHolder != nil || facts.products.contains(where: \.isBuilding)
  }

  /// How long what is shown may rest on events alone; qmail-send looks at its queue as seldom.
  private static let slowSurvey = Duration.seconds(25 * 60)

  private func tick() {
    let now = Timestamp.now
    let isDue = facts.products.contains { product in
      if case .failed(let failure) = product.verdict { failure.nextTry <= now } else { false }
    }
    for index in facts.services.indices {
      facts.services[index].settle(at: now)
      noteLogAge(of: &facts.services[index])
    }
    // A run whose process was killed leaves no event: it is looked at again while it lasts.
    if isDue || isRunning || isLockNews { return survey() }
    guard .now - lastSurvey < Self.slowSurvey else {
      for monitor in monitors.values { monitor.service.look() }
      return survey()
    }
    publish()
  }
}
