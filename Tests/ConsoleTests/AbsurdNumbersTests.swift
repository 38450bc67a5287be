import Console
import FoundationEssentials
import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import Updating

/// Numbers and times that no clock and no file gives: they are shown somehow, and end nothing.
@Suite(.timeLimit(.minutes(1))) struct AbsurdNumbersTests {
  @Test(arguments: 0..<6) func `a state with damaged numbers is shown`(seed: UInt64) throws {
    var random = Seeded(seed)
    let products = Samples.products(auth: Samples.failed, isBuilding: true)
    var state = products[3].state
    state.running = RuleState.Running(
      by: "pipe-watcher", pid: 5087, since: Samples.ago(12), why: ["poke: pipe"])
    state.running?.progress = PublishedProgress(
      rule: "validrcptto.cdb", pid: 5087, progress: Progress(done: 1, total: 9, unit: "domains"),
      time: Samples.now, rate: 3)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let whole = Array(try encoder.encode(state))
    var count = 0
    for _ in 0..<400 where count < 12 {
      let bytes = Data(random.damaged(whole))
      guard let read = try? JSONDecoder().decode(RuleState.self, from: bytes) else { continue }
      count += 1
      var shown = products
      shown[3] = Product(
        rule: products[3].rule, verdict: products[3].verdict, state: read,
        observation: products[3].observation, isBuilding: seed % 2 == 0)
      var console = Samples.state(200, 50, shown)
      _ = console.facts.nextTick(after: console.now, isRunning: false)
      _ = ConsoleView(console).screen()
      console.page = .details("validrcptto.cdb")
      _ = ConsoleView(console).screen()
    }
    #expect(count > 0)
  }

  @Test(arguments: LogState.Times.allCases)
  func `a log whose lines claim any time is shown`(times: LogState.Times) {
    var random = Seeded(7)
    // Without multilog's own stamps anybody can write some.
    let second: Int64 = 1_000_000_000
    let edges: [Int64] = [.min, .min / second * second, -1, 0, 1, .max / second * second, .max]
    let stamps =
      edges.map { TAI64N(Timestamp(nanoseconds: $0)) }
      + (0..<200).map { _ in
        TAI64N(seconds: random.next() >> 1, nanoseconds: UInt32(truncatingIfNeeded: random.next()))
      }
    let moments = stamps.compactMap(\.timestamp)
    _ = LogRate(moments, isPiece: true, at: Samples.now)
    for moment in moments { _ = LogRate([moment], isPiece: false, at: Samples.now) }
    var state = Samples.state(60, 50, log: [])
    state.log.times = times
    state.zoomed = .log
    for (index, stamp) in stamps.enumerated() {
      let position = LogPosition(
        in: FileIdentity(device: 1, inode: 2), offset: Int64(index * 100))
      let entry = LogEntry(stamp: stamp, text: Array("line".utf8), position: position)
      if let service = state.log.service { _ = state.update(.log(service, [entry])) }
      _ = ConsoleView(state).screen()
    }
    _ = state.log.seek(Timestamp(nanoseconds: .min), in: LogPane(rows: 10))
  }
}
