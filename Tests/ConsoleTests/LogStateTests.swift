import Supervision
internal import SystemPackage
import SystemSupport
import Testing

@testable import Console

@Suite struct LogStateTests {
  private static let service = ServiceName("/service/qmail-send")

  private func position(_ number: Int) -> LogPosition {
    LogPosition(in: FileIdentity(device: 1, inode: 1), offset: Int64(number) * 10)
  }

  private func entries(_ range: Range<Int>) -> [LogEntry] {
    range.map { number in
      LogEntry(
        stamp: TAI64N(Timestamp(seconds: Int64(1_000_000 + number), nanoseconds: 0)),
        text: Array("line \(number)".utf8), position: position(number))
    }
  }

  private func opened(_ range: Range<Int>) -> LogState {
    var log = LogState()
    log.open(Self.service)
    _ = log.append(entries(range))
    return log
  }

  private func shown(_ log: LogState, _ rows: Int = 3) -> [String] {
    log.window(LogPane(rows: rows)).map {
      String(decoding: log.entries[$0.index].text, as: UTF8.self)
    }
  }

  @Test func `it follows until the reader goes up, and again at the end`() {
    var log = opened(0..<10)
    #expect(shown(log) == ["line 7", "line 8", "line 9"])
    _ = log.scroll(-2, in: LogPane(rows: 3))
    _ = log.append(entries(10..<12))
    #expect(shown(log) == ["line 5", "line 6", "line 7"])
    #expect(!log.isFollowing)
    _ = log.scroll(4, in: LogPane(rows: 3))
    #expect(log.isFollowing)
    #expect(shown(log) == ["line 9", "line 10", "line 11"])
  }

  @Test func `going up past the oldest line asks for older ones, once`() {
    var log = opened(100..<105)
    let effect = log.scroll(-3, in: LogPane(rows: 3))
    #expect(effect == .olderLog(Self.service, before: position(100)))
    #expect(log.scroll(-1, in: LogPane(rows: 3)) == nil)
    // An answer to an older question changes nothing.
    _ = log.prepend(entries(0..<5), before: position(5))
    #expect(log.entries.count == 5)
    _ = log.prepend(entries(90..<100), before: position(100))
    _ = log.scroll(-2, in: LogPane(rows: 3))
    #expect(shown(log).first.map { $0 < "line 99" } == true)
    _ = log.prepend(nil, before: position(90))
    #expect(log.isAtStart)
    #expect(log.toStart(LogPane(rows: 3)) == nil)
    #expect(shown(log) == ["line 90", "line 91", "line 92"])
  }

  @Test func `Home asks for the oldest line of all, and shows what is here until it comes`() {
    let pane = LogPane(rows: 3)
    var log = opened(1000..<1010)
    let wanted = LogTarget.start(filter: [])
    let effect = Effect.searchLog(Self.service, wanted, from: position(1000), isUpward: true)
    #expect(log.toStart(pane) == effect)
    #expect(shown(log) == ["line 1007", "line 1008", "line 1009"])
    // From another place than the lines that are here.
    var far = log
    let distant = LogStretch(entries(0..<50), hit: 0, isAdjoining: false)
    let more = far.take(.found(distant), in: pane).1
    #expect(more == .olderLog(Self.service, before: position(0)))
    _ = far.prepend(nil, before: position(0))
    #expect(shown(far) == ["line 0", "line 1", "line 2"])
    #expect(far.isBehind && far.found == nil)
    // Just before them.
    var near = log
    _ = near.take(.found(LogStretch(entries(990..<1000), hit: 0, isAdjoining: true)), in: pane)
    #expect(shown(near) == ["line 990", "line 991", "line 992"])
    #expect(near.entries.count == 20 && !near.isBehind)
    // None is older than those.
    _ = log.take(.nothing, in: pane)
    #expect(shown(log) == ["line 1000", "line 1001", "line 1002"])
    #expect(!log.isFollowing)
  }

  @Test func `memory is bounded in a flood, and the end stays in view`() {
    var log = opened(0..<10)
    for start in stride(from: 10, to: 60_010, by: 1000) {
      let pauses = log.append(entries(start..<(start + 1000)))
      #expect(!pauses)
    }
    #expect(log.entries.count <= 5000)
    #expect(shown(log).last == "line 60009")
  }

  @Test func `a reader elsewhere pauses the source instead of losing the place`() {
    var log = opened(0..<100)
    _ = log.scroll(-50, in: LogPane(rows: 3))
    let place = shown(log)
    var isPaused = false
    for start in stride(from: 100, to: 20_100, by: 1000) where !isPaused {
      isPaused = log.append(entries(start..<(start + 1000)))
    }
    #expect(isPaused && log.isBehind)
    #expect(shown(log) == place)
    let count = log.entries.count
    let pausesAgain = log.append(entries(30_000..<30_100))
    #expect(!pausesAgain)
    #expect(log.entries.count == count)
    // At the end it goes on where it stopped: nothing is lost, nothing comes twice.
    let effect = log.scroll(100_000, in: LogPane(rows: 3))
    #expect(effect == .newerLog(Self.service, after: position(count - 1)))
    #expect(log.scroll(1, in: LogPane(rows: 3)) == nil)
    // The line before comes again and is not doubled; the reader is not carried to the end.
    _ = log.take(
      newer: entries((count - 1)..<(count + 3000)), after: position(count - 1), isEnd: false)
    #expect(shown(log) == ["line \(count - 3)", "line \(count - 2)", "line \(count - 1)"])
    #expect(!log.isFollowing && log.isBehind && log.entries.count <= 4000)
    _ = log.scroll(1, in: LogPane(rows: 3))
    #expect(shown(log).last == "line \(count)")
    let next = count + 2999
    #expect(
      log.scroll(100_000, in: LogPane(rows: 3)) == .newerLog(Self.service, after: position(next)))
    _ = log.take(newer: entries(next..<(next + 10)), after: position(next), isEnd: true)
    #expect(log.scroll(100, in: LogPane(rows: 3)) == nil)
    #expect(log.isFollowing && !log.isBehind)
    #expect(shown(log).last == "line \(next + 9)")
  }

  private func text(_ log: LogState) -> String? {
    log.found.map { String(decoding: log.entries[$0].text, as: UTF8.self) }
  }

  @Test func `a search goes up, counts, and goes on in older lines`() {
    var log = opened(100..<200)
    log.find = "LINE 15"
    #expect(log.findNext(older: true, in: LogPane(rows: 10)) == nil)
    #expect(log.findCount.all == 10)
    #expect(text(log) == "line 159")
    #expect(log.findNext(older: true, in: LogPane(rows: 10)) == nil)
    #expect(log.findCount.place == 9)
    #expect(log.findNext(older: false, in: LogPane(rows: 10)) == nil)
    #expect(log.findCount.place == 10)
    log.find = "line 42"
    let target = LogTarget.text(Array("line 42".utf8), filter: [])
    #expect(
      log.findNext(older: true, in: LogPane(rows: 10))
        == .searchLog(Self.service, target, from: position(100), isUpward: true))
    let stretch = LogStretch(entries(0..<100), hit: 42, isAdjoining: true)
    _ = log.take(.found(stretch), in: LogPane(rows: 10))
    #expect(text(log) == "line 42")
    #expect(shown(log, 10).contains("line 42"))
    #expect(log.entries.count == 200 && !log.isBehind)
  }

  @Test func `what is found far away stands alone, and goes on from there in both directions`() {
    var log = opened(50_000..<50_100)
    log.find = "line 42"
    #expect(log.findNext(older: true, in: LogPane(rows: 10)) != nil)
    _ = log.take(.progress(lines: 10_000, time: nil), in: LogPane(rows: 10))
    #expect(log.search?.lines == 10_000)
    let stretch = LogStretch(entries(0..<100), hit: 42, isAdjoining: false)
    let (isPausing, effect) = log.take(.found(stretch), in: LogPane(rows: 10))
    #expect(isPausing && effect == nil && log.search == nil)
    #expect(text(log) == "line 42" && log.entries.count == 100)
    #expect(log.isBehind && !log.isFollowing && !log.isWhole)
    log.find = "line 50042"
    let down = log.findNext(older: false, in: LogPane(rows: 10))
    let target = LogTarget.text(Array("line 50042".utf8), filter: [])
    #expect(down == .searchLog(Self.service, target, from: position(99), isUpward: false))
    #expect(log.scroll(100, in: LogPane(rows: 10)) == .newerLog(Self.service, after: position(99)))
  }

  @Test func `a search in vain leaves the reader where he was`() {
    var log = opened(100..<200)
    log.find = "nowhere"
    #expect(log.findNext(older: true, in: LogPane(rows: 3)) != nil)
    #expect(!log.isFollowing)
    let (isPausing, effect) = log.take(.nothing, in: LogPane(rows: 3))
    #expect(!isPausing && effect == nil && log.isFollowing)
    #expect(shown(log).last == "line 199")
    _ = log.scroll(-50, in: LogPane(rows: 3))
    let place = shown(log)
    _ = log.findNext(older: true, in: LogPane(rows: 3))
    _ = log.take(.nothing, in: LogPane(rows: 3))
    #expect(shown(log) == place && log.entries.count == 100)
  }

  @Test func `lines that passed a search while it went on are not doubled`() {
    var log = opened(100..<110)
    log.find = "line 2"
    _ = log.findNext(older: true, in: LogPane(rows: 3))
    // The reader goes up meanwhile: what is found does not adjoin any more.
    _ = log.scroll(-9, in: LogPane(rows: 3))
    _ = log.prepend(entries(50..<100), before: position(100))
    let stretch = LogStretch(entries(0..<100), hit: 29, isAdjoining: true)
    _ = log.take(.found(stretch), in: LogPane(rows: 3))
    #expect(log.entries == entries(0..<100))
  }

  @Test func `memory is bounded whatever is found`() {
    var log = opened(100_000..<104_000)
    for start in stride(from: 90_000, to: 60_000, by: -10_000) {
      log.find = "line \(start)"
      _ = log.findNext(older: true, in: LogPane(rows: 10))
      let stretch = LogStretch(entries(start..<(start + 2000)), hit: 0, isAdjoining: true)
      _ = log.take(.found(stretch), in: LogPane(rows: 10))
      #expect(log.entries.count <= 4000 && text(log) == "line \(start)")
    }
  }

  @Test func `a filter shows only what holds its text`() {
    var log = opened(0..<100)
    log.filter = "Line 5"
    #expect(shown(log) == ["line 57", "line 58", "line 59"])
    _ = log.scroll(-1, in: LogPane(rows: 3))
    #expect(shown(log) == ["line 56", "line 57", "line 58"])
  }

  @Test func `room that a change of the pane leaves is filled with the lines beneath`() {
    var state = Samples.state(80, 24, Samples.products())
    state.focus = .log
    state.log = opened(100..<100)
    _ = state.log.append(
      (0..<9).map { number in
        LogEntry(
          stamp: TAI64N(Timestamp(seconds: Int64(1_000_000 + number), nanoseconds: 0)),
          text: Array("\(number) \(String(repeating: "wide ", count: 60))".utf8),
          position: position(number))
      })
    if let first = state.log.firstPosition { _ = state.log.prepend(nil, before: first) }
    func isLastShown() -> Bool {
      state.log.window(LogPane(state)).last?.index == 8
    }
    for key: Key in [.home, "W"] { _ = state.update(.key(key)) }
    #expect(isLastShown())
    for key: Key in ["W", .home, "z"] { _ = state.update(.key(key)) }
    #expect(!isLastShown())
    _ = state.update(.resized(ScreenSize(columns: 200, rows: 50)))
    #expect(isLastShown())
  }

  @Test func `a filter tells of no line that was not read`() {
    func picture(isAtStart: Bool) -> String {
      var state = Samples.state(120, 36, Samples.products())
      state.log = opened(100..<200)
      if isAtStart, let first = state.log.firstPosition {
        _ = state.log.prepend(nil, before: first)
      }
      state.log.filter = "nowhere"
      return ConsoleView(state).screen().text
    }
    #expect(picture(isAtStart: false).contains("None of the 100 lines read holds “nowhere”; PgUp"))
    #expect(picture(isAtStart: true).contains("No line holds “nowhere”; Esc shows all."))
  }

  @Test func `a rare line does not make a filter read the whole log by itself`() {
    var log = opened(100_000..<100_100)
    log.filter = "line 100050"
    #expect(log.scroll(-1, in: LogPane(rows: 10)) != nil)
    var end = 100_000
    var count = 0
    while count < 100 {
      count += 1
      _ = log.prepend(entries((end - 1000)..<end), before: position(end))
      end -= 1000
      if log.fill(LogPane(rows: 10)) == nil { break }
    }
    #expect(count < 10 && log.entries.count <= 5100)
  }

  @Test func `a moment is found, also in lines that have to be read first`() {
    var log = opened(100..<200)
    #expect(log.seek(Timestamp(seconds: 1_000_150, nanoseconds: 0), in: LogPane(rows: 5)) == nil)
    #expect(log.found == 50)
    let moment = Timestamp(seconds: 1_000_042, nanoseconds: 500)
    #expect(
      log.seek(moment, in: LogPane(rows: 5))
        == .searchLog(Self.service, .moment(moment), from: position(100), isUpward: true))
    _ = log.take(
      .found(LogStretch(entries(30..<100), hit: 13, isAdjoining: true)), in: LogPane(rows: 5))
    #expect(text(log) == "line 43")
    #expect(shown(log, 5).contains("line 43"))
  }

  @Test func `a moment waits for the first lines of a log`() {
    var log = LogState()
    log.open(Self.service)
    #expect(log.seek(Timestamp(seconds: 1_000_042, nanoseconds: 0), in: LogPane(rows: 5)) == nil)
    _ = log.append(entries(30..<100))
    #expect(log.continueSeeking(in: LogPane(rows: 5)) == nil)
    #expect(text(log) == "line 42")
  }
}
