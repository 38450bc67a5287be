package import SystemSupport

/// Decides when a pass begins: events and the time in, the wish for a pass out.
///
/// A value without a clock. Its owner tells it every event, performs the passes that it asks for,
/// and calls it with `.time` when `deadline` has come. It promises that after every poke and every
/// change a pass begins, that two passes never overlap, and that all that arrives during a pass
/// makes one pass more.
package struct Scheduler: Sendable {
  /// Who asked for a pass.
  package enum Source: String, Sendable, CustomStringConvertible {
    /// The trigger pipe was written to or touched.
    case pipe
    /// SIGALRM, daemontools' `svc -a`.
    case alarm
    /// A person at a program of ours.
    case `operator`

    package var description: String { rawValue }
  }

  /// What the outside world can tell.
  package enum Event: Equatable, Sendable {
    case start
    case hangup
    case poke(Source)
    /// Files changed; their names as the log shall show them.
    case changed([String])
    /// Reports of changes were lost, or directories have to be looked at because no watch is left.
    case overflow
    /// Directories are watched that were not before: what changed until then went unseen.
    case newlyWatched
    /// The deadline has come; early or late does no harm.
    case time
    /// A pass begins: it has looked at no file yet.
    case passBegan
    /// A pass has ended.
    ///
    /// - retryAt: When a failed rule is to be tried again.
    /// - unsettled: Whether inputs changed while their products were built.
    case passEnded(retryAt: Instant?, unsettled: Bool)
  }

  /// The measures of the schedule.
  package struct Settings: Equatable, Sendable {
    /// How long files must be quiet after a change.
    package var settle = Duration.milliseconds(250)
    /// How long a change waits at most for quiet.
    package var settleLimit = Duration.seconds(2)
    /// How many pokes are served at once.
    package var burst = 10
    /// How often a poke is served once the burst is used up.
    package var pokeInterval = Duration.seconds(1)
    /// Whether there are rules whose inputs no file shows.
    package var hasOpaqueRules = true
    /// The least time between two passes that run opaque rules.
    package var opaqueInterval = Duration.seconds(1)
    /// How long after the last poke opaque rules run once more: vpopmail calls `onchange` before it
    /// deletes.
    package var opaqueEcho = Duration.seconds(3)
    /// How long after a pass everything is looked at again, events or not; qmail-send's own measure.
    package var safetySurvey = Duration.seconds(1500)

    package init() {}
  }

  private enum Phase {
    case idle
    case requested(PassRequest)
    case running
  }

  /// The measures; new ones count from the next event on, with a full burst.
  package var settings: Settings {
    didSet { pokes = Self.bucket(settings) }
  }
  private var phase = Phase.idle
  private var occasions = Occasions()
  private var pokes: TokenBucket
  private var owesOpaque = false
  private var lastOpaque: Instant?
  private var echo: Instant?
  private var retry: Instant?
  private var survey: Instant?

  package init(_ settings: Settings = Settings()) {
    self.settings = settings
    pokes = Self.bucket(settings)
  }

  private static func bucket(_ settings: Settings) -> TokenBucket {
    TokenBucket(capacity: max(1, settings.burst), interval: settings.pokeInterval)
  }
}

// MARK: - Events in, passes out

extension Scheduler {
  /// Takes note of an event.
  ///
  /// - Parameters:
  ///   - event: What happened.
  ///   - now: The present moment; it never goes back.
  /// - Returns: The pass to begin now, if any. Whoever gets it answers with `.passBegan` when it
  ///   begins, however much later, and with `.passEnded`.
  package mutating func handle(_ event: Event, now: Instant) -> PassRequest? {
    note(event, now: now)
    guard case .idle = phase, let deadline, deadline <= now else { return nil }
    let request = nextRequest(now: now)
    phase = .requested(request)
    return request
  }

  /// When `.time` is wanted next; nil while a pass is under way, and before the start.
  package var deadline: Instant? {
    guard case .idle = phase else { return nil }
    return [
      occasions.due(settings, nextToken: pokes.nextToken), owedOpaque, dueEcho, retry, survey,
    ].compactMap(\.self).min()
  }

  private mutating func note(_ event: Event, now: Instant) {
    switch event {
    case .start: occasions.noteStart(at: now)
    case .hangup: occasions.noteHangup(at: now)
    case .poke(let source):
      occasions.notePoke(from: source, at: now)
      if settings.hasOpaqueRules { echo = now + settings.opaqueEcho }
    case .changed(let names): occasions.noteChange(of: names, at: now)
    case .overflow: occasions.noteOverflow(at: now)
    case .newlyWatched: occasions.noteNewWatches(at: now)
    case .time: break
    case .passBegan: begin(now: now)
    case .passEnded(let retryAt, let unsettled):
      phase = .idle
      retry = retryAt
      survey = now + settings.safetySurvey
      if unsettled { occasions.noteUnsettled(at: now) }
    }
  }

  /// What came between the request and the beginning is seen by the pass that begins.
  private mutating func begin(now: Instant) {
    guard case .requested(let request) = phase else { return }
    phase = .running
    if request.includesOpaque { lastOpaque = now }
    if occasions.wantEverything, !request.isFull { return }
    if occasions.wantOpaque, !request.includesOpaque { owesOpaque = settings.hasOpaqueRules }
    occasions = Occasions()
  }

  private mutating func nextRequest(now: Instant) -> PassRequest {
    var request = PassRequest(reasons: occasions.reasons, isFull: occasions.wantEverything)
    if occasions.arePoked { _ = pokes.take(at: now) }
    if let retry, retry <= now { request.reasons.append(PassRequest.retry) }
    if let survey, survey <= now { request.reasons.append(PassRequest.safetySurvey) }
    addOpaque(to: &request, now: now)
    occasions = Occasions()
    retry = nil
    survey = nil
    return request
  }
}

// MARK: - Opaque rules

extension Scheduler {
  /// When opaque rules may run again.
  private var nextOpaque: Instant? { lastOpaque.map { $0 + settings.opaqueInterval } }

  private var owedOpaque: Instant? { owesOpaque ? nextOpaque : nil }

  private var dueEcho: Instant? { echo.map { max($0, nextOpaque ?? $0) } }

  private mutating func addOpaque(to request: inout PassRequest, now: Instant) {
    let isEchoDue = dueEcho.map { $0 <= now } ?? false
    guard occasions.wantOpaque || owesOpaque || isEchoDue else { return }
    if let nextOpaque, nextOpaque > now {
      owesOpaque = settings.hasOpaqueRules
      return
    }
    if isEchoDue {
      request.reasons.append("opaque rules once more after the last poke")
      echo = nil
    } else if owesOpaque {
      request.reasons.append("opaque rules, put off by a burst of pokes")
    }
    request.includesOpaque = true
    owesOpaque = false
    lastOpaque = now
  }
}
