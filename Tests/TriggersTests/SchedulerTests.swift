import SystemSupport
import TestSupport
import Testing
import Triggers

@Suite struct SchedulerTests {
  /// Events in, passes out; times in milliseconds.
  struct Timeline: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var passLength = 10
    var end = 20_000
    var hasOpaqueRules = false
    let events: [(Int, Scheduler.Event)]
    let passes: [String]
  }

  static let timelines: [Timeline] = [
    Timeline(
      testDescription: "the start is a full pass", events: [(0, .start)],
      passes: ["0 start [full] [opaque]"]),
    Timeline(
      testDescription: "a poke acts at once", events: [(500, .poke(.pipe))],
      passes: ["500 poke: pipe [opaque]"]),
    Timeline(
      testDescription: "a change settles", events: [(0, .changed(["control/locals"]))],
      passes: ["250 changed: control/locals"]),
    Timeline(
      testDescription: "each further change starts the quiet time again",
      events: [
        (0, .changed(["control/locals"])), (200, .changed(["control/me"])),
        (400, .changed(["control/locals"])),
      ],
      passes: ["650 changed: control/locals control/me"]),
    Timeline(
      testDescription: "changes without end wait two seconds",
      events: (0..<20).map { ($0 * 200, .changed(["log"])) },
      passes: ["2000 changed: log", "4000 changed: log"]),
    Timeline(
      testDescription: "names are counted, the first two shown",
      events: [(0, .changed(["a", "b", "c"])), (1, .changed(["b", "d", "e"]))],
      passes: ["251 changed: a b (+3 more)"]),
    Timeline(
      testDescription: "a poke takes the waiting changes along",
      events: [(0, .changed(["a"])), (100, .poke(.operator))],
      passes: ["100 poke: operator, changed: a [opaque]"]),
    Timeline(
      testDescription: "all that comes during a pass makes one more", passLength: 3000,
      events: [
        (0, .poke(.pipe)), (100, .poke(.pipe)), (200, .changed(["a"])), (300, .poke(.alarm)),
        (400, .poke(.pipe)),
      ],
      passes: [
        "0 poke: pipe [opaque]",
        "3000 poke: pipe (2 times), poke: alarm, changed: a [opaque]",
      ]),
    Timeline(
      testDescription: "a change just before the end of a pass settles after it", passLength: 1000,
      events: [(0, .poke(.pipe)), (900, .changed(["a"]))],
      passes: ["0 poke: pipe [opaque]", "1150 changed: a"]),
    Timeline(
      testDescription: "ten pokes are served at once, then one a second",
      events: (0..<14).map { ($0 * 20, .poke(.pipe)) },
      passes: (0..<10).map { "\($0 * 20) poke: pipe" + ($0 == 0 ? " [opaque]" : "") }
        + ["1000 poke: pipe (4 times) [opaque]"]),
    Timeline(
      testDescription: "a hangup is a full pass", events: [(0, .hangup)],
      passes: ["0 hangup [full] [opaque]"]),
    Timeline(
      testDescription: "lost reports are a full pass once they settle",
      events: [(0, .overflow), (1000, .overflow)],
      passes: [
        "250 changes may have gone unreported [full]",
        "1250 changes may have gone unreported [full]",
      ]),
    Timeline(
      testDescription: "new watches are a full pass, which says so",
      events: [(0, .newlyWatched), (100, .changed(["a"]))],
      passes: ["350 changed: a, new directories are watched: looking once more [full]"]),
    Timeline(
      testDescription: "the safety survey follows 25 minutes after the last pass",
      end: 3_100_000, events: [(0, .start), (60_000, .poke(.pipe))],
      passes: [
        "0 start [full] [opaque]", "60000 poke: pipe [opaque]", "1560010 safety survey",
        "3060020 safety survey",
      ]),
    Timeline(
      testDescription: "opaque rules run once more three seconds after the last poke",
      hasOpaqueRules: true, events: [(0, .poke(.pipe)), (2000, .poke(.pipe))],
      passes: [
        "0 poke: pipe [opaque]", "2000 poke: pipe [opaque]",
        "5000 opaque rules once more after the last poke [opaque]",
      ]),
    Timeline(
      testDescription: "opaque rules run once a second in a burst, and none is forgotten",
      hasOpaqueRules: true, events: [(0, .poke(.pipe)), (300, .poke(.pipe)), (600, .poke(.pipe))],
      passes: [
        "0 poke: pipe [opaque]", "300 poke: pipe", "600 poke: pipe",
        "1000 opaque rules, put off by a burst of pokes [opaque]",
        "3600 opaque rules once more after the last poke [opaque]",
      ]),
    Timeline(
      testDescription: "file changes run no opaque rule", hasOpaqueRules: true,
      events: [(0, .changed(["a"]))], passes: ["250 changed: a"]),
    Timeline(
      testDescription: "time alone begins nothing", events: [(0, .time), (5000, .time)],
      passes: []),
  ]

  @Test(arguments: timelines) func `events make passes`(_ timeline: Timeline) {
    var settings = Scheduler.Settings()
    settings.hasOpaqueRules = timeline.hasOpaqueRules
    var simulation = Simulation(settings) { timeline.passLength }
    for (time, event) in timeline.events { simulation.happen(event, at: time) }
    simulation.advance(to: timeline.end)
    #expect(simulation.passes.map(\.text) == timeline.passes)
  }

  @Test func `a retry comes when the last pass wanted it, and a new verdict replaces it`() {
    var settings = Scheduler.Settings()
    settings.hasOpaqueRules = false
    var simulation = Simulation(settings)
    simulation.verdict = { number, time in
      let delay = [1: 5000, 2: 30_000, 3: 300_000][number]
      return .passEnded(
        retryAt: delay.map { Simulation.instant(time + $0) }, unsettled: false)
    }
    simulation.happen(.start, at: 0)
    simulation.happen(.poke(.pipe), at: 7000)
    simulation.advance(to: 1_000_000)
    #expect(
      simulation.passes.map(\.text) == [
        "0 start [full] [opaque]", "5010 retry", "7000 poke: pipe [opaque]", "307010 retry",
      ])
  }

  @Test func `inputs that changed during a pass are looked at again once they settle`() {
    var simulation = Simulation(Scheduler.Settings())
    simulation.verdict = { number, _ in .passEnded(retryAt: nil, unsettled: number == 1) }
    simulation.happen(.changed(["a"]), at: 0)
    simulation.advance(to: 10_000)
    #expect(
      simulation.passes.map(\.text) == ["250 changed: a", "510 inputs changed during the pass"])
  }

  @Test func `what comes while a pass waits for its lock is seen by that pass`() {
    var simulation = Simulation(Scheduler.Settings())
    simulation.lockWait = { 500 }
    simulation.happen(.changed(["a"]), at: 0)
    simulation.happen(.changed(["b"]), at: 300)
    simulation.advance(to: 10_000)
    #expect(simulation.passes.map(\.text) == ["750 changed: a"])
  }

  @Test func `a hangup while a lesser pass waits for its lock has a pass of its own`() {
    var simulation = Simulation(Scheduler.Settings())
    simulation.lockWait = { 500 }
    simulation.happen(.changed(["a"]), at: 0)
    simulation.happen(.hangup, at: 300)
    simulation.advance(to: 5000)
    #expect(
      simulation.passes.map(\.text) == ["750 changed: a", "1260 hangup [full] [opaque]"])
  }

  @Test(arguments: [0, 10, 150]) func `a thousand pokes in 200 ms make a bounded number of passes`(
    passLength: Int
  ) {
    var settings = Scheduler.Settings()
    settings.hasOpaqueRules = false
    var simulation = Simulation(settings) { passLength }
    for number in 0..<1000 { simulation.happen(.poke(.pipe), at: number / 5) }
    simulation.advance(to: 60_000)
    // All that the burst allows and one for the last poke.
    #expect(simulation.passes.count <= 11)
    #expect(simulation.passes.last?.after == 1000)
  }

  @Test func `a poke during one running pass makes one pass more, however often it comes`() {
    var settings = Scheduler.Settings()
    settings.hasOpaqueRules = false
    var simulation = Simulation(settings) { 300 }
    for number in 0..<1000 { simulation.happen(.poke(.pipe), at: number / 5) }
    simulation.advance(to: 60_000)
    #expect(simulation.passes.count == 2)
  }

  @Test func `a flood costs one pass a second and never makes us deaf`() {
    var settings = Scheduler.Settings()
    settings.hasOpaqueRules = false
    var simulation = Simulation(settings)
    for number in 0..<10_000 { simulation.happen(.poke(.pipe), at: number * 6) }
    let flood = simulation.passes.count
    #expect((60...71).contains(flood))
    simulation.happen(.poke(.alarm), at: 100_000)
    simulation.advance(to: 100_001)
    #expect(simulation.passes.last?.time == 100_000)
  }

  @Test(arguments: UInt64(1)...200)
  func `after any poke or change a pass begins, within a bound`(seed: UInt64) {
    var random = Seeded(seed)
    var settings = Scheduler.Settings()
    settings.hasOpaqueRules = seed.isMultiple(of: 2)
    let lengths = (0..<400).map { _ in Int.random(in: 0...400, using: &random) }
    var simulation = Simulation(settings)
    var used = 0
    simulation.passLength = {
      used += 1
      return lengths[used % lengths.count]
    }
    simulation.lockWait = { lengths[(used + 7) % lengths.count] / 4 }
    var time = 0
    var wanted: [(time: Int, number: Int)] = []
    let events: [Scheduler.Event] = [
      .poke(.pipe), .poke(.pipe), .poke(.alarm), .changed(["a"]), .changed(["b"]), .hangup,
      .overflow, .newlyWatched, .time,
    ]
    for number in 0..<300 {
      time += [0, 0, 1, 5, 40, 250, 900][Int.random(in: 0..<7, using: &random)]
      let event = events[Int.random(in: 0..<events.count, using: &random)]
      simulation.happen(event, at: time)
      if event != .time { wanted.append((time, number)) }
    }
    simulation.advance(to: time + 10_000)
    // Two seconds of settling or one of the limit of rate, a pass that runs, and a lock waited for.
    let bound = 2000 + 400 + 100
    for (time, number) in wanted {
      let pass = simulation.passes.first { $0.after > number }
      #expect((pass?.time ?? .max) <= time + bound, "event \(number) at \(time)")
    }
    let pokes = simulation.passes.filter { pass in
      pass.request.reasons.contains { $0.hasPrefix("poke") }
        && !pass.request.reasons.contains { $0.hasPrefix("change") }
    }
    #expect(pokes.count <= 10 + time / 1000 + 1)
    let opaque = simulation.passes.filter(\.request.includesOpaque).map(\.time)
    #expect(zip(opaque, opaque.dropFirst()).allSatisfy { $1 - $0 >= 1000 })
  }
}
