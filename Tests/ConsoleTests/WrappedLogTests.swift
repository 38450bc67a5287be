import Console
import Supervision
internal import SystemPackage
import SystemSupport
import Testing

/// Lines of several rows: the reader moves by rows, and no row comes twice or is left out.
@Suite struct WrappedLogTests {
  private static let service = ServiceName("/service/qmail-send")
  private static let pane = LogPane(rows: 5, columns: 22)

  /// Lines of one row and of three in turn, without time stamps.
  private func opened(_ range: Range<Int> = 0..<10) -> LogState {
    var log = LogState()
    log.open(Self.service)
    _ = log.append(entries(range))
    return log
  }

  private func entries(_ range: Range<Int>) -> [LogEntry] {
    range.map { number in
      let rest = number % 2 == 0 ? "" : " goes on in two more rows beneath its first"
      return LogEntry(
        stamp: nil, text: Array("line \(number)\(rest)".utf8),
        position: LogPosition(in: FileIdentity(device: 1, inode: 1), offset: Int64(number) * 100))
    }
  }

  private func shown(_ log: LogState, _ pane: LogPane = pane) -> [String] {
    log.window(pane).flatMap { part in part.rows.map { "\(part.index).\($0)" } }
  }

  @Test func `the end of the log is the last row of its last line`() {
    #expect(shown(opened()) == ["7.2", "8.0", "9.0", "9.1", "9.2"])
  }

  @Test func `every row comes by on the way up and down`() {
    var log = opened()
    let all = (0..<10).flatMap { line in
      line % 2 == 0 ? ["\(line).0"] : (0..<3).map { "\(line).\($0)" }
    }
    _ = log.prepend(nil, before: log.entries.first?.position)
    for end in stride(from: all.count - 1, through: 5, by: -1) {
      _ = log.scroll(-1, in: Self.pane)
      #expect(shown(log) == Array(all[(end - 5)..<end]))
    }
    // The oldest row is at the top: it goes no further.
    _ = log.scroll(-7, in: Self.pane)
    #expect(shown(log) == Array(all.prefix(5)))
    for end in 6...all.count {
      #expect(!log.isFollowing)
      _ = log.scroll(1, in: Self.pane)
      #expect(shown(log) == Array(all[(end - 5)..<end]))
    }
    #expect(log.isFollowing)
  }

  @Test func `Home shows the first row, whatever lies beneath`() {
    var log = opened()
    _ = log.prepend(nil, before: log.entries.first?.position)
    _ = log.toStart(Self.pane)
    #expect(shown(log) == ["0.0", "1.0", "1.1", "1.2", "2.0"])
    _ = log.toStart(LogPane(rows: 3, columns: 22))
    #expect(shown(log, LogPane(rows: 3, columns: 22)) == ["0.0", "1.0", "1.1"])
  }

  @Test func `lines that come or go elsewhere move nothing`() {
    var log = opened(100..<110)
    _ = log.scroll(-2, in: Self.pane)
    let place = ["6.0", "7.0", "7.1", "7.2", "8.0"]
    _ = log.scroll(-1, in: Self.pane)
    #expect(shown(log) == place)
    _ = log.append(entries(110..<120))
    #expect(shown(log) == place)
    _ = log.prepend(nil, before: log.entries.first?.position)
    _ = log.toStart(Self.pane)
    _ = log.prepend(entries(90..<100), before: log.entries.first?.position)
    #expect(shown(log) == ["10.0", "11.0", "11.1", "11.2", "12.0"])
  }

  @Test func `another width shows the same line`() {
    var log = opened()
    _ = log.scroll(-1, in: Self.pane)
    #expect(shown(log).last == "9.1")
    let wide = LogPane(rows: 5, columns: 80)
    #expect(shown(log, wide) == ["5.0", "6.0", "7.0", "8.0", "9.0"])
    _ = log.scroll(-1, in: wide)
    #expect(shown(log, wide).last == "8.0")
  }

  @Test func `a search shows the row that holds the text`() {
    let low = LogPane(rows: 2, columns: 22)
    var log = opened()
    log.find = "beneath"
    #expect(log.findNext(older: true, in: low) == nil)
    #expect(shown(log, low).contains("9.2"))
    #expect(log.findNext(older: true, in: low) == nil)
    #expect(log.found == 7 && shown(log, low).contains("7.2"))
    log.find = "line 5"
    #expect(log.findNext(older: true, in: low) == nil)
    #expect(log.found == 5 && shown(log, low).contains("5.0"))
  }

  @Test func `a filter counts the rows of what it shows`() {
    var log = opened()
    log.filter = "beneath"
    #expect(shown(log) == ["7.1", "7.2", "9.0", "9.1", "9.2"])
    _ = log.scroll(-4, in: Self.pane)
    #expect(shown(log) == ["5.0", "5.1", "5.2", "7.0", "7.1"])
    log.filter = ""
    #expect(shown(log).last == "7.2")
  }

  @Test func `sideways each line has one row`() {
    var state = Samples.state(60, 16)
    _ = state.update(.key(.tab))
    _ = state.update(.key(.tab))
    let whole = ConsoleView(state).screen()
    _ = state.update(.key(.right))
    let aside = ConsoleView(state).screen()
    #expect(!aside.text.contains("↳") && aside.text.contains("…"))
    _ = state.update(.key(.left))
    #expect(ConsoleView(state).screen() == whole)
    _ = state.update(.key("W"))
    #expect(!state.log.isWrapped)
    _ = state.update(.key(.right))
    _ = state.update(.key("W"))
    #expect(ConsoleView(state).screen() == whole)
  }

  @Test func `a match that goes over the end of a row is marked in both`() {
    var state = Samples.state(60, 16, log: [])
    let path = "/home/vpopmail/domains/a-customer.example/.qmail-newsletter"
    if let service = state.log.service {
      _ = state.update(.log(service, Samples.entries([path])))
    }
    state.log.find = "example/.qmail-news"
    let screen = ConsoleView(state).screen()
    let marked = screen.cells.filter { $0.role == .match }.map(\.text).joined()
    #expect(marked == "example/.qmail-news")
    #expect(screen.text.contains("↳ .qmail-newsletter"))
  }
}
