import Console
internal import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import Updating

/// No byte of a stranger acts on the terminal, wherever it is shown.
@Suite struct ForeignTextTests {
  private static let evil: [String] = [
    "\u{1b}[2J", "\u{1b}]0;title\u{7}", "\u{9b}31m", "\r\n", "\u{8}\u{7f}", "\u{202e}abc",
    "\u{200b}",
    "\u{feff}", "\u{2028}", "\u{e000}", "\u{1b}P$q\u{1b}\\", "a\u{0}b",
  ]

  private func isSafe(_ screen: Screen) -> Bool {
    screen.cells.allSatisfy { cell in
      cell.text.unicodeScalars.allSatisfy { scalar in
        if scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) { return false }
        return ![.format, .lineSeparator, .paragraphSeparator, .privateUse, .control]
          .contains(scalar.properties.generalCategory)
      }
    }
  }

  @Test(arguments: evil)
  func `names, reasons, answers and titles are made visible`(_ text: String) {
    var products = Samples.products()
    products[5] = Samples.product(
      text, [FilePath("/etc/x\(text)")], makes: FilePath("/etc/\(text)"),
      .unreadable(FilePath("/etc/\(text)"), "permission denied"))
    var services = Samples.services
    services[0] = Service(
      ServiceName(FilePath("/service/q\(text)")), status: .init(.unrecognized(text: text)))
    var state = Samples.state(100, 40, products, services: services, log: [text])
    state.facts.host = text
    check(&state)
  }

  /// Looks at every page, dialog and prompt.
  private func check(_ state: inout ConsoleState) {
    #expect(isSafe(ConsoleView(state).screen()))
    for names in [["End", "Enter"], ["Esc", "?"], ["Esc", "Esc", "Tab", "l"], ["Esc"]] {
      for name in names { _ = Key(name: name).map { state.update(.key($0)) } }
      #expect(isSafe(ConsoleView(state).screen()))
    }
  }

  @Test(arguments: evil)
  func `what is typed is made visible`(_ text: String) {
    for opening in ["/", ":", "e", "y"] {
      var state = Samples.state(100, 40)
      _ = Key(name: opening).map { state.update(.key($0)) }
      for character in text { _ = state.update(.key(.character(character))) }
      #expect(isSafe(ConsoleView(state).screen()))
      _ = state.update(.key(.enter))
      #expect(isSafe(ConsoleView(state).screen()))
    }
  }

  @Test(arguments: 0..<40)
  func `random bytes in the log are made visible`(_ seed: Int) {
    var generator = Seeded(UInt64(seed) &+ 77)
    var state = Samples.state(80, 24)
    let entries = (0..<30).map { line in
      LogEntry(
        stamp: nil,
        text: (0..<Int.random(in: 0..<300, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }, position: LogPosition(in: FileIdentity(device: 1, inode: 1), offset: Int64(line)))
    }
    if let service = state.log.service { _ = state.update(.log(service, entries)) }
    state.zoomed = .log
    let screen = ConsoleView(state).screen()
    #expect(isSafe(screen))
    for row in 0..<24 {
      #expect(TextWidth.of(screen.row(row).map(\.text).joined()) == 80)
    }
  }
}
