internal import Supervision
internal import SystemSupport
internal import Updating

extension World {
  /// Wakes up when something shown changes with time alone.
  func setClock() {
    guard isLive else { return }
    loop.cancel(clock)
    let now = Timestamp.now
    let wait = facts.nextTick(after: now, isRunning: pass != nil) - now
    clock = loop.schedule(after: max(.milliseconds(1), wait)) { [weak self] in self?.tick() }
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
    if isDue || facts.isSomebodyRunning || isLockNews { return survey() }
    guard .now - lastSurvey < Self.slowSurvey else {
      for monitor in monitors.values { monitor.service.look() }
      return survey()
    }
    publish()
  }
}
