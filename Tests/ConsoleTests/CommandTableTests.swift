import Console
import Testing

@Suite struct CommandTableTests {
  @Test func `each command stands once, and each key means one thing`() {
    let names = ConsoleCommand.table.map(\.name)
    #expect(Set(names) == Set(ConsoleCommand.Name.allCases))
    #expect(names.count == ConsoleCommand.Name.allCases.count)
    let keys = ConsoleCommand.table.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
  }

  @Test func `every key has a name that reads back`() {
    for key in ConsoleCommand.table.flatMap(\.keys) + [.up, .escape, .tab, .backTab, .pageDown] {
      #expect(Key(name: key.name) == key, "\(key.name)")
    }
    #expect(Key(name: "Space") == .character(" "))
    #expect(Key(name: "F13") == nil)
    #expect(Key(name: "nonsense") == nil)
  }

  @Test func `the help page tells every command, with its keys`() {
    var state = Samples.state(100, 200)
    _ = state.update(.key("?"))
    let text = ConsoleView(state).screen().text
    for command in ConsoleCommand.table {
      #expect(text.contains(":\(command.name.rawValue) "))
      for key in command.keys { #expect(text.contains(key.name)) }
    }
    for status in ProductStatus.allCases { #expect(text.contains(status.word)) }
  }

  @Test func `without power, what cannot be done stands in brackets`() {
    var state = Samples.state(100, 200)
    state.facts.access.isReadOnly = true
    _ = state.update(.key("?"))
    let text = ConsoleView(state).screen().text
    #expect(text.contains("started with --read-only"))
    for command in ConsoleCommand.table where command.need == .power {
      #expect(text.contains("(\(command.explanation.prefix(20))"))
    }
  }
}
