import Console
import Supervision
internal import SystemPackage
import SystemSupport
import Testing

@Suite struct LogStateTests {
  private static let service = ServiceName("/service/qmail-send")

  private func entries(_ range: Range<Int>) -> [LogEntry] {
    range.map { number in
      LogEntry(
        stamp: nil, text: Array("line \(number)".utf8),
        position: LogPosition(device: 1, inode: 1, offset: Int64(number) * 10))
    }
  }

  private func opened(_ range: Range<Int>) -> LogState {
    var log = LogState()
    log.open(Self.service)
    _ = log.append(entries(range))
    return log
  }

  private func shown(_ log: LogState, _ rows: Int = 3) -> [String] {
    log.window(rows).map { String(decoding: log.entries[$0].text, as: UTF8.self) }
  }

  @Test func `it follows until the reader goes up, and again at the end`() {
    var log = opened(0..<10)
    #expect(shown(log) == ["line 7", "line 8", "line 9"])
    _ = log.scroll(-2, rows: 3)
    _ = log.append(entries(10..<12))
    #expect(shown(log) == ["line 5", "line 6", "line 7"])
    #expect(!log.isFollowing)
    _ = log.scroll(4, rows: 3)
    #expect(log.isFollowing)
    #expect(shown(log) == ["line 9", "line 10", "line 11"])
  }

  @Test func `going up past the oldest line asks for older ones, once`() {
    var log = opened(100..<105)
    let effect = log.scroll(-3, rows: 3)
    let first = LogPosition(device: 1, inode: 1, offset: 1000)
    #expect(effect == .olderLog(Self.service, before: first))
    #expect(log.scroll(-1, rows: 3) == nil)
    _ = log.prepend(entries(90..<100))
    _ = log.scroll(-2, rows: 3)
    #expect(shown(log).first.map { $0 < "line 99" } == true)
    _ = log.prepend(nil)
    #expect(log.isAtStart)
    #expect(log.toStart(rows: 3) == nil)
    #expect(shown(log) == ["line 90", "line 91", "line 92"])
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
    _ = log.scroll(-50, rows: 3)
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
    let last = log.entries.last?.position
    let effect = log.scroll(100_000, rows: 3)
    #expect(effect == last.map { .followLog(Self.service, since: $0) })
    #expect(log.entries.last?.position != last)
  }

  @Test func `a search goes up, counts, and goes on in older lines`() {
    var log = opened(100..<200)
    log.find = "LINE 15"
    #expect(log.findNext(older: true, rows: 10) == nil)
    #expect(log.findCount.all == 10)
    #expect(log.found.map { String(decoding: log.entries[$0].text, as: UTF8.self) } == "line 159")
    #expect(log.findNext(older: true, rows: 10) == nil)
    #expect(log.findCount.place == 9)
    #expect(log.findNext(older: false, rows: 10) == nil)
    #expect(log.findCount.place == 10)
    log.find = "line 42"
    #expect(log.findNext(older: true, rows: 10) != nil)
    _ = log.prepend(entries(0..<100))
    #expect(log.continueSearch(rows: 10) == nil)
    #expect(log.found.map { String(decoding: log.entries[$0].text, as: UTF8.self) } == "line 42")
    #expect(shown(log, 10).contains("line 42"))
  }

  @Test func `a filter shows only what holds its text`() {
    var log = opened(0..<100)
    log.filter = "Line 5"
    #expect(shown(log) == ["line 57", "line 58", "line 59"])
    _ = log.scroll(-1, rows: 3)
    #expect(shown(log) == ["line 56", "line 57", "line 58"])
  }

  @Test func `a moment is found, also in lines that have to be read first`() {
    func stamped(_ range: Range<Int>) -> [LogEntry] {
      range.map { number in
        LogEntry(
          stamp: TAI64N(Timestamp(seconds: Int64(1_000_000 + number), nanoseconds: 0)),
          text: Array("line \(number)".utf8),
          position: LogPosition(device: 1, inode: 1, offset: Int64(number)))
      }
    }
    var log = LogState()
    log.open(Self.service)
    _ = log.append(stamped(100..<200))
    #expect(log.seek(Timestamp(seconds: 1_000_150, nanoseconds: 0), rows: 5) == nil)
    #expect(log.found == 50)
    let effect = log.seek(Timestamp(seconds: 1_000_042, nanoseconds: 500), rows: 5)
    #expect(effect != nil)
    _ = log.prepend(stamped(30..<100))
    #expect(log.continueSeeking(rows: 5) == nil)
    #expect(log.found.map { String(decoding: log.entries[$0].text, as: UTF8.self) } == "line 43")
    #expect(shown(log, 5).contains("line 43"))
  }
}
