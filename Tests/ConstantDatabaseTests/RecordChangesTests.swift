import ConstantDatabase
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct RecordChangesTests {
  var old: FilePath { Scratch.directory.appending("old.cdb") }
  var new: FilePath { Scratch.directory.appending("new.cdb") }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let old: [TestRecord]
    let new: [TestRecord]
    /// Added, removed, changed.
    let counts: [Int]
    var samples: [RecordChanges.Sample] = []
  }

  static func sample(_ kind: RecordChanges.Sample.Kind, _ key: String) -> RecordChanges.Sample {
    RecordChanges.Sample(kind: kind, key: Array(key.utf8))
  }

  static let a1 = TestRecord("a", "1")
  static let a2 = TestRecord("a", "2")
  static let b = TestRecord("b")
  static let c = TestRecord("c", "3")

  static let cases = [
    Case(testDescription: "nothing and nothing", old: [], new: [], counts: [0, 0, 0]),
    Case(testDescription: "the same", old: [a1, b], new: [a1, b], counts: [0, 0, 0]),
    Case(testDescription: "another order", old: [a1, b, c], new: [c, a1, b], counts: [0, 0, 0]),
    Case(
      testDescription: "one more", old: [a1], new: [b, a1], counts: [1, 0, 0],
      samples: [sample(.added, "b")]),
    Case(
      testDescription: "one less", old: [a1, b], new: [b], counts: [0, 1, 0],
      samples: [sample(.removed, "a")]),
    Case(
      testDescription: "another value", old: [b, a1], new: [a2, b], counts: [0, 0, 1],
      samples: [sample(.changed, "a")]),
    Case(
      testDescription: "a value that becomes empty", old: [c], new: [TestRecord("c")],
      counts: [0, 0, 1], samples: [sample(.changed, "c")]),
    Case(
      testDescription: "all kinds, removed ones first", old: [a1, b, TestRecord("d")],
      new: [TestRecord("e"), a2, c], counts: [2, 2, 1],
      samples: [
        sample(.removed, "b"), sample(.removed, "d"), sample(.changed, "a"), sample(.added, "e"),
        sample(.added, "c"),
      ]),
    Case(
      testDescription: "a key twice, the same", old: [a1, b, a2], new: [a1, a2, b],
      counts: [0, 0, 0]),
    Case(
      testDescription: "a key twice, now once", old: [a1, a1], new: [a1], counts: [0, 1, 0],
      samples: [sample(.removed, "a")]),
    Case(
      testDescription: "a key once, now twice", old: [a1], new: [a1, a1], counts: [1, 0, 0],
      samples: [sample(.added, "a")]),
    Case(
      testDescription: "another one of a key's records is first now", old: [a1, a2],
      new: [a2, a1], counts: [0, 0, 2], samples: [sample(.changed, "a"), sample(.changed, "a")]),
  ]

  @Test(arguments: cases) func `keys and values are compared`(_ testCase: Case) throws {
    try build(testCase.old, at: old)
    try build(testCase.new, at: new)
    let changes = try RecordChanges.between(old, new, samples: 5)
    #expect(
      changes
        == RecordChanges(
          added: testCase.counts[0], removed: testCase.counts[1], changed: testCase.counts[2],
          before: testCase.old.count, after: testCase.new.count, samples: testCase.samples))
    #expect(changes.isEmpty == (testCase.counts == [0, 0, 0]))
  }

  @Test func `without an old file all records are new`() throws {
    try build([Self.a1, Self.b], at: new)
    #expect(
      try RecordChanges.between(nil, new, samples: 1)
        == RecordChanges(
          added: 2, removed: 0, changed: 0, before: 0, after: 2,
          samples: [Self.sample(.added, "a")]))
  }

  @Test(arguments: [0, 1, 3, 2000])
  func `a file that was verified before gives the same`(samples: Int) throws {
    try build((0..<1000).map { TestRecord("user\($0)") }, at: new)
    let database = try ConstantDatabase(opening: new)
    _ = try database.verify()
    #expect(
      try RecordChanges.between(nil, database, samples: samples)
        == RecordChanges.between(nil, new, samples: samples))
  }

  @Test func `samples are bounded and removed ones go before`() throws {
    try build((0..<100).map { TestRecord("old\($0)") }, at: old)
    try build((0..<100).map { TestRecord("new\($0)") }, at: new)
    let changes = try RecordChanges.between(old, new, samples: 3)
    #expect(changes.samples == (0..<3).map { Self.sample(.removed, "old\($0)") })
    #expect(try RecordChanges.between(old, new, samples: 0).samples == [])
    #expect(try RecordChanges.between(old, new, samples: 101).samples.last?.kind == .added)
  }

  @Test func `thousands of records in another order are the same`() throws {
    let records = (0..<20_000).map { TestRecord("user\($0)@example.org", "\($0)") }
    try build(records, at: old)
    try build(records.reversed(), at: new)
    #expect(try RecordChanges.between(old, new, samples: 1).isEmpty)
    try build(records.dropFirst().reversed() + [TestRecord("user7@example.org", "x")], at: new)
    let changes = try RecordChanges.between(old, new, samples: 9)
    #expect([changes.added, changes.removed, changes.changed] == [1, 1, 0])
  }

  @Test func `an old file that is named must be there`() throws {
    try build([], at: new)
    #expect(throws: SystemError("open", old, .noSuchFileOrDirectory)) {
      try RecordChanges.between(old, new, samples: 1)
    }
  }
}
