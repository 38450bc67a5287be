import Testing

@testable import ConstantDatabase

@Suite struct HashTableTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let records: [Slot]
    let slots: [Slot]
    /// How many places that are taken are met.
    var probes = 0
  }

  static let cases = [
    Case(testDescription: "nothing", records: [], slots: []),
    Case(testDescription: "a record", records: [slot(1, 50)], slots: [.empty, slot(1, 50)]),
    Case(
      testDescription: "two that do not meet", records: [slot(3, 50), slot(0, 60)],
      slots: [slot(0, 60), .empty, .empty, slot(3, 50)]),
    Case(
      testDescription: "the first one with a hash keeps its place",
      records: [slot(1, 50), slot(1, 60)], slots: [.empty, slot(1, 50), slot(1, 60), .empty],
      probes: 1),
    Case(
      testDescription: "a chain that wraps around",
      records: [slot(3, 50), slot(3, 60), slot(0, 70)],
      slots: [slot(0, 70), .empty, .empty, slot(3, 50), slot(3, 60), .empty], probes: 1),
    Case(
      testDescription: "a search past the end",
      records: [slot(3, 50), slot(3, 60)], slots: [slot(3, 60), .empty, .empty, slot(3, 50)],
      probes: 1),
  ]

  @Test(arguments: cases) func `records take the first free places`(_ testCase: Case) {
    var table = HashTable()
    // What it was filled with before leaves nothing behind.
    table.fill(with: (1...9).map { slot($0, $0 * 100) }[...])
    table.fill(with: testCase.records[...])
    #expect(table.slots == testCase.slots)
    #expect(table.byteCount == 8 * testCase.slots.count)
  }

  @Test(arguments: cases) func `filling gives up when it meets too many`(_ testCase: Case) {
    var table = HashTable()
    let isFilled = table.fill(with: testCase.records[...], probeLimit: testCase.probes)
    #expect(isFilled)
    let isFilledWithLess = table.fill(
      with: testCase.records[...], probeLimit: testCase.probes - 1)
    #expect(isFilledWithLess == (testCase.probes == 0))
  }
}
