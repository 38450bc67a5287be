import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch, .timeLimit(.minutes(1))) struct DatabasePatchTests {
  private let old = Scratch.directory.appending("old.cdb")
  private let new = Scratch.directory.appending("new.cdb")
  private let full = Scratch.directory.appending("full.cdb")

  /// Writes the old file again with other records in place of the ones that are replaced.
  @discardableResult
  private func patch(
    replacing isReplaced: @escaping @Sendable ([UInt8]) -> Bool, with records: [TestRecord],
    workers: Int = 1
  ) throws -> (changes: RecordChanges, sum: DatabaseSum) {
    let patch = try DatabasePatch(
      of: DatabaseImage(reading: old), replacing: { isReplaced([UInt8]($0)) },
      with: pieces(of: records, size: 7), workerCount: workers)
    try FileOperations.remove(new)
    let file = try OwnedDescriptor(opening: new, flags: O_WRONLY | O_CREAT, mode: 0o600)
    return (patch.changes, try patch.write(to: file, name: new.visible))
  }

  private func buildSorted(_ records: [TestRecord], at path: FilePath) throws {
    let writer = try ConstantDatabaseWriter(replacing: path)
    for piece in pieces(of: records) { try writer.add(piece) }
    try writer.commit(durably: false)
  }

  private static func belongs(_ key: [UInt8], to domain: Int) -> Bool {
    key.suffix(2) == [UInt8(ascii: "@"), UInt8(ascii: "0") + UInt8(domain)]
  }

  @Test(arguments: 0..<36)
  func `a patched file is byte for byte the one that is built anew`(round: Int) throws {
    var random = SystemRandomNumberGenerator()
    // Few records leave tables empty; 5,000 fill each.
    let count = [0, 5, 60, 300, 1_000, 3_000][round % 6]
    func some(of domain: Int, _ share: Int) -> [TestRecord] {
      (0..<count / 5).filter { _ in Int.random(in: 0..<100, using: &random) < share }.map {
        TestRecord(
          "\($0 * 7919 % 10_007)@\(domain)",
          String(repeating: "v", count: Int.random(in: 0...19, using: &random) / 19 * 3))
      }
    }
    let domains = (0..<5).map { some(of: $0, 80) }
    let changed = (round / 6) % 6
    var after = domains
    for domain in 0..<changed {
      switch Int.random(in: 0...3, using: &random) {
      case 0: after[domain] = []
      case 1: after[domain].append(TestRecord("zz\(round)@\(domain)"))
      case 2 where !after[domain].isEmpty: after[domain].remove(at: after[domain].count / 2)
      default: after[domain] = some(of: domain, 80)
      }
    }
    try buildSorted(domains.flatMap(\.self), at: old)
    try buildSorted(after.flatMap(\.self), at: full)
    for workers in [1, 3] {
      let (changes, sum) = try patch(
        replacing: { key in (0..<changed).contains { Self.belongs(key, to: $0) } },
        with: after[..<changed].flatMap(\.self), workers: workers)
      #expect(try FileReading.contents(of: new) == FileReading.contents(of: full))
      #expect(try changes == RecordChanges.between(old, full, samples: 0))
      #expect(try sum == ConstantDatabase(opening: full).sum())
      #expect(try sum == DatabaseImage(reading: full).sum)
    }
  }

  @Test func `tinycdb dumps and finds what was patched`() throws {
    let records = (0..<2_000).map { TestRecord("user\($0)@\($0 % 5)", $0 % 7 == 0 ? "-" : "") }
    try buildSorted(records, at: old)
    let fresh = [TestRecord("new@3"), TestRecord("user3@3", "-"), TestRecord("user8@3")]
    try patch(replacing: { Self.belongs($0, to: 3) }, with: fresh)
    let after = records.filter { !Self.belongs($0.key, to: 3) } + fresh
    let sorted = after.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let dump = try Tools.run(["cdb", "-d", new.string])
    #expect(dump.bytes == sorted.flatMap(\.cdbmakeLine) + [10])
    for record in sorted.prefix(200) {
      let found = try Tools.run([
        "cdb", "-q", new.string, String(decoding: record.key, as: UTF8.self),
      ])
      #expect(found.code == 0)
      #expect(found.bytes == record.value)
    }
    #expect(try Tools.run(["cdb", "-q", new.string, "user13@3"]).code == 100)
  }

  @Test func `a new record whose key stays is refused`() throws {
    try buildSorted((0..<300).map { TestRecord("key\($0)") }, at: old)
    for number in [0, 150, 299] {
      #expect(throws: ConstantDatabaseError.self) {
        try patch(replacing: { _ in false }, with: [TestRecord("key\(number)")])
      }
    }
  }

  @Test func `a file that is not sorted where it is replaced is refused`() throws {
    try build([TestRecord("c@2"), TestRecord("a@1"), TestRecord("b@1")], at: old)
    #expect(throws: ConstantDatabaseError.self) {
      try patch(replacing: { Self.belongs($0, to: 1) }, with: [TestRecord("aa@1")])
    }
  }

  @Test func `tables that cannot be those of the records are refused`() throws {
    try buildSorted((0..<300).map { TestRecord("key\($0)") }, at: old)
    let sound = try FileReading.contents(of: old)
    let tables = sound.count - 16 * 300
    // A header's place of a table, a slot's position, a used slot that is empty.
    let used = try #require(
      stride(from: tables, to: sound.count, by: 8).first { sound[$0 + 5] != 0 })
    for (place, byte) in [(9, UInt8(0x7f)), (used + 7, 0x7f), (used + 5, 0), (used + 4, 0)] {
      var bytes = sound
      bytes[place] = bytes[place] == byte ? 1 : byte
      if place == used + 4 || place == used + 5 {
        bytes.replaceSubrange((used + 4)..<(used + 8), with: [0, 0, 0, 0])
      }
      try old.write(bytes)
      #expect(throws: ConstantDatabaseError.self, "byte \(place)") {
        try patch(replacing: { _ in false }, with: [])
      }
    }
  }

  @Test func `the writer sums what it writes`() throws {
    for count in [0, 1, 3_000] {
      let writer = try ConstantDatabaseWriter(replacing: old, isSummed: true)
      for piece in pieces(of: (0..<count).map { TestRecord("key\($0)") }) { try writer.add(piece) }
      try writer.commit(durably: false)
      #expect(try writer.sum == ConstantDatabase(opening: old).sum())
    }
    #expect(try ConstantDatabaseWriter(replacing: old).sum == nil)
  }
}
