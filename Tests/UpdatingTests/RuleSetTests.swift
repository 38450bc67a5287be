import SystemPackage
import Testing
import Updating

@Suite struct RuleSetTests {
  static func rule(_ name: String, from inputs: [String] = [], after: [String] = []) -> Rule {
    Rule(
      name, inputs: inputs.map { Input(FilePath("/" + $0)) },
      product: .file(FilePath("/" + name), isDatabase: false), action: .build(.keyList),
      after: after)
  }

  @Test func `a rule comes after those that make its inputs and those that it names`() throws {
    let set = try RuleSet([
      Self.rule("c", from: ["b"]), Self.rule("b", after: ["a", "not here"]), Self.rule("a"),
    ])
    #expect(set.rules.map(\.name) == ["a", "b", "c"])
    #expect(set.dependencies == ["a": [], "b": ["a"], "c": ["b"]])
  }

  @Test func `the given order is kept where nothing asks for another`() throws {
    let names = ["z", "m", "a"]
    #expect(try RuleSet(names.map { Self.rule($0) }).rules.map(\.name) == names)
  }

  @Test func `a circle is refused, and named`() {
    let rules = [Self.rule("d"), Self.rule("a", after: ["b"]), Self.rule("b", from: ["a"])]
    #expect(throws: RuleSetError.cycle(["a", "b", "a"])) { try RuleSet(rules) }
  }

  @Test func `two rules for one product are refused, and both named`() {
    let other = Rule(
      "other", inputs: [], product: .file("/a", isDatabase: false), action: .build(.keyList))
    #expect(throws: RuleSetError.duplicateProduct("/a", "a", "other")) {
      try RuleSet([Self.rule("a"), other])
    }
    #expect(throws: RuleSetError.duplicateName("a")) {
      try RuleSet([Self.rule("a"), Self.rule("a")])
    }
  }
}
