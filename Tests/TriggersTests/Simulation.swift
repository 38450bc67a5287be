import SystemSupport
import Triggers

/// A schedule in a world without a clock: events at their times, passes of a given length.
struct Simulation {
  /// A pass that began.
  struct Pass {
    let time: Int
    let request: PassRequest
    /// How many events had happened before it began.
    let after: Int

    var text: String {
      "\(time) " + request.reasons.joined(separator: ", ") + (request.isFull ? " [full]" : "")
        + (request.includesOpaque ? " [opaque]" : "")
    }
  }

  private(set) var scheduler: Scheduler
  private(set) var passes: [Pass] = []
  /// How long each pass takes, in milliseconds.
  var passLength: () -> Int
  /// How long it takes from the request to the beginning of a pass.
  var lockWait: () -> Int = { 0 }
  /// What a pass says at its end.
  var verdict: (_ number: Int, _ time: Int) -> Scheduler.Event = { _, _ in
    .passEnded(retryAt: nil, unsettled: false)
  }
  private var waiting: (request: PassRequest, begin: Int)?
  private var running: Int?
  private var happened = 0

  init(_ settings: Scheduler.Settings, passLength: @escaping () -> Int = { 10 }) {
    scheduler = Scheduler(settings)
    self.passLength = passLength
  }

  static func instant(_ milliseconds: Int) -> Instant {
    Instant(nanoseconds: 1_000_000_000 + Int64(milliseconds) * 1_000_000)
  }

  /// Lets an event happen, after all that happens before it.
  mutating func happen(_ event: Scheduler.Event, at time: Int) {
    advance(to: time)
    happened += 1
    tell(event, at: time)
  }

  /// Lets time go by.
  mutating func advance(to end: Int) {
    while let (time, act) = next, time <= end { act(&self, time) }
  }

  private typealias Act = (inout Simulation, Int) -> Void

  private var next: (Int, Act)? {
    if let waiting { return (waiting.begin, { $0.begin(at: $1) }) }
    if let running { return (running, { $0.end(at: $1) }) }
    guard let deadline = scheduler.deadline else { return nil }
    let left = (deadline - Self.instant(0)).wholeNanoseconds
    return (Int((left + 999_999) / 1_000_000), { $0.tell(.time, at: $1) })
  }

  private mutating func begin(at time: Int) {
    guard let waiting else { return }
    passes.append(Pass(time: time, request: waiting.request, after: happened))
    self.waiting = nil
    running = time + passLength()
    tell(.passBegan, at: time)
  }

  private mutating func end(at time: Int) {
    running = nil
    tell(verdict(passes.count, time), at: time)
  }

  private mutating func tell(_ event: Scheduler.Event, at time: Int) {
    guard let request = scheduler.handle(event, now: Self.instant(time)) else { return }
    precondition(waiting == nil && running == nil, "two passes at once")
    waiting = (request, time + lockWait())
  }
}
