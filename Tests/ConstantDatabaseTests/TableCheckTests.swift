import Testing

@testable import ConstantDatabase

/// A slot that begins its search at `first` in a table of up to 256 slots.
func slot(_ first: UInt32, _ position: UInt32) -> Slot {
  Slot(hash: first << 8, position: position)
}

@Suite struct TableCheckTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let slots: [Slot]
    let records: [Slot]
    var flaw: TableCheck.Flaw?
  }

  static let cases = [
    Case(testDescription: "nothing", slots: [], records: []),
    Case(testDescription: "only empty slots", slots: [.empty, .empty], records: []),
    Case(
      testDescription: "a record in its own slot", slots: [.empty, slot(1, 50)],
      records: [slot(1, 50)]),
    Case(
      testDescription: "a chain that wraps around",
      slots: [slot(3, 60), slot(3, 70), .empty, slot(3, 50)],
      records: [slot(3, 50), slot(3, 60), slot(3, 70)]),
    Case(
      testDescription: "a full table", slots: [slot(1, 60), slot(1, 50)],
      records: [slot(1, 50), slot(1, 60)]),
    Case(
      testDescription: "a position where no record begins", slots: [.empty, slot(1, 51)],
      records: [slot(1, 50)], flaw: .stray(slot: 1)),
    Case(
      testDescription: "another hash than the record's", slots: [.empty, slot(3, 50)],
      records: [slot(1, 50)], flaw: .stray(slot: 1)),
    Case(
      testDescription: "one record in two slots", slots: [slot(0, 50), slot(0, 50), .empty],
      records: [slot(0, 50)], flaw: .repeated(slot: 1)),
    Case(
      testDescription: "a hole in the chain", slots: [slot(0, 50), .empty, slot(0, 60), .empty],
      records: [slot(0, 50), slot(0, 60)], flaw: .unreachable(slot: 2)),
    Case(
      testDescription: "an empty slot where the search begins", slots: [.empty, slot(0, 50)],
      records: [slot(0, 50)], flaw: .unreachable(slot: 1)),
    Case(
      testDescription: "a slot before the search's start",
      slots: [slot(1, 50), .empty, .empty, .empty], records: [slot(1, 50)],
      flaw: .unreachable(slot: 0)),
    Case(
      testDescription: "a record without a slot", slots: [slot(0, 50), .empty],
      records: [slot(0, 50), slot(0, 60)], flaw: .missing(record: slot(0, 60))),
    Case(
      testDescription: "a record without a table", slots: [], records: [slot(0, 50)],
      flaw: .missing(record: slot(0, 50))),
  ]

  @Test(arguments: cases) func `the first flaw is found`(_ testCase: Case) {
    let check = TableCheck(slots: testCase.slots, records: testCase.records[...])
    #expect(check.firstFlaw() == testCase.flaw)
  }
}
