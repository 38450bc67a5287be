import Console
import SystemSupport
import Testing
import Updating

/// What the passing of time alone does: the clock is an event, which a test moves as it likes.
@Suite struct ClockTests {
  private func row(_ name: String, of state: ConsoleState) -> String? {
    ConsoleView(state).screen().text.split(separator: "\n").first { $0.contains("  \(name)  ") }
      .map(String.init)
  }

  private func minutes(_ count: Int) -> Timestamp { Samples.now + .seconds(60 * count) }

  @Test func `after ten idle minutes every age is right, and the whole screen is drawn anew`() {
    var state = Samples.state()
    _ = state.update(.key(.tab))
    _ = state.update(.key("T"))
    #expect(row("qmail-updater", of: state)?.contains("log silent 1 h 59 min") == true)
    // A key comes in, and nothing woke the console since.
    _ = state.update(.time(minutes(10)))
    let effects = state.update(.key(.down))
    #expect(effects == [.repaint])
    let text = ConsoleView(state).screen().text
    #expect(text.contains("12:13 UTC"))
    #expect(row("qmail-updater", of: state)?.contains("log silent 2 h 9 min") == true)
    // The next key finds nobody away.
    _ = state.update(.time(minutes(11)))
    #expect(state.update(.key(.up)) == [])
  }

  @Test func `the ages of log lines go on`() {
    var state = Samples.state()
    while state.log.times != .relative { _ = state.update(.key("T")) }
    #expect(ConsoleView(state).screen().text.contains("  < 1 min poke: pipe"))
    _ = state.update(.time(minutes(10)))
    #expect(ConsoleView(state).screen().text.contains("   10 min poke: pipe"))
  }

  @Test func `news carry the time of the key that caused them`() {
    var state = Samples.state()
    _ = state.update(.time(minutes(3) + .seconds(5)))
    _ = state.update(.key("ü"))
    #expect(ConsoleView(state).screen().text.contains("! 12:06:51 this key has no meaning"))
  }

  @Test func `an idle console wakes up at the whole minute`() {
    let facts = Samples.state().facts
    let next = facts.nextTick(after: Samples.now, isRunning: false)
    #expect(next == Samples.now + .seconds(14))
    #expect(facts.nextTick(after: next, isRunning: false) == next + .seconds(60))
  }

  @Test func `a run is counted in seconds`() {
    let time = Samples.now + .milliseconds(300)
    let building = Samples.state(80, 24, Samples.products(isBuilding: true)).facts
    #expect(building.nextTick(after: time, isRunning: false) == Samples.now + .seconds(1))
    let facts = Samples.state().facts
    #expect(facts.nextTick(after: time, isRunning: true) == Samples.now + .seconds(1))
  }

  @Test func `a failed rule is looked at when it is due`() {
    let facts = Samples.state(80, 24, Samples.products(auth: Samples.failed)).facts
    let due = Samples.ago(-25) + .milliseconds(50)
    #expect(
      facts.nextTick(after: Samples.now, isRunning: false) == min(due, Samples.now + .seconds(14)))
    let later = Samples.now + .seconds(20)
    #expect(facts.nextTick(after: later, isRunning: false) == due)
    // One that was due long ago does not keep the console awake.
    #expect(facts.nextTick(after: later + .seconds(10), isRunning: false) > later + .seconds(10))
  }
}
