import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Thousands of damaged files, the same in every run: each must give an answer or an error.
@Suite(.scratch, .timeLimit(.minutes(1))) struct DatabaseFuzzTests {
  var file: FilePath { Scratch.directory.appending("damaged.cdb") }
  var sound: FilePath { Scratch.directory.appending("sound.cdb") }

  static let records =
    (0..<24).map { TestRecord("user\($0)@example.org", "v\($0 % 3)") }
    + [TestRecord(""), TestRecord("user3@example.org", "again")]

  @Test(arguments: 0..<8) func `damaged files give answers or errors`(seed: UInt64) throws {
    try build(Self.records, at: sound)
    let whole = try FileReading.contents(of: sound)
    var random = Seeded(seed)
    var soundCount = 0
    for _ in 0..<500 {
      try file.write(random.damagedDatabase(whole))
      if try survives() { soundCount += 1 }
    }
    // Bytes of values can change without harm; most other damage must be noticed.
    #expect(soundCount < 250)
  }

  /// Does everything that can be done with a file.
  ///
  /// - Returns: Whether it is sound; then all the ways to read it must agree.
  private func survives() throws -> Bool {
    guard let database = attempt({ try ConstantDatabase(opening: file) }) else { return false }
    let count = attempt { try database.verify() }
    let all = attempt { try ConstantDatabaseTests.Contents(of: database) }
    for record in Self.records {
      _ = attempt { try database.value(for: record.key) }
      _ = attempt { try database.values(for: record.key) }
    }
    _ = attempt { try patched(file, to: Scratch.directory.appending("patched.cdb")) }
    let forth = attempt { try RecordChanges.between(sound, file, samples: 3) }
    let back = attempt { try RecordChanges.between(file, sound, samples: 3) }
    guard let count else { return false }

    let contents = try #require(all)
    #expect(contents.records.count == count)
    for (key, values) in contents.valuesOfKeys {
      #expect(try database.value(for: key) == values.first)
      #expect(try database.values(for: key) == values)
    }
    #expect(forth?.after == count)
    #expect(forth?.added == back?.removed)
    #expect(forth?.removed == back?.added)
    #expect(forth?.changed == back?.changed)
    return true
  }

  /// Patches a file in several places.
  private func patched(_ file: FilePath, to new: FilePath) throws -> DatabaseSum {
    let fresh = (0..<9).map { TestRecord("user\($0).\($0)@example.org", "v") }
    let patch = try DatabasePatch(
      of: DatabaseImage(reading: file), replacing: { $0.contains(UInt8(ascii: "1")) },
      with: pieces(of: fresh + [TestRecord("user1@example.org", "new")]), workerCount: 2)
    try FileOperations.remove(new)
    let output = try OwnedDescriptor(opening: new, flags: O_WRONLY | O_CREAT, mode: 0o600)
    return try patch.write(to: output, name: new.visible)
  }

  /// Runs a step that may refuse the file.
  private func attempt<Result>(_ step: () throws -> Result) -> Result? {
    do {
      return try step()
    } catch {
      #expect(error is ConstantDatabaseError, "\(error)")
      return nil
    }
  }
}

extension ConstantDatabaseTests {
  /// All that a database holds, by iteration.
  struct Contents {
    var records: [TestRecord] = []
    var valuesOfKeys: [[UInt8]: [[UInt8]]] = [:]

    init(of database: ConstantDatabase) throws {
      try database.forEachRecord { key, value in
        records.append(TestRecord([UInt8](key), [UInt8](value)))
      }
      for record in records { valuesOfKeys[record.key, default: []].append(record.value) }
    }
  }
}

extension Seeded {
  /// The bytes of a database with one to four damages.
  fileprivate mutating func damagedDatabase(_ whole: [UInt8]) -> [UInt8] {
    var bytes = whole
    for _ in 0..<Int.random(in: 1...4, using: &self) { damageDatabase(&bytes) }
    return bytes
  }

  private mutating func damageDatabase(_ bytes: inout [UInt8]) {
    guard bytes.count > 16 else { return }
    let place = Int.random(in: 0..<(bytes.count - 8), using: &self)
    switch Int.random(in: 0..<7, using: &self) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    case 1: setNumber(&bytes, at: place & ~3)
    case 2:  // one of the header's numbers
      setNumber(&bytes, at: (place * 4) % min(2048, bytes.count - 8) & ~3)
    case 3: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &self))
    case 4: bytes += bytes[place...]
    case 5:  // a run of slots, lengths or bytes that repeats
      let piece = Array(bytes[place..<(place + 8)])
      var at = place
      while at + 16 <= bytes.count {
        bytes.replaceSubrange((at + 8)..<(at + 16), with: piece)
        at += 8
      }
    default:  // a piece of the file in another place
      let other = Int.random(in: 0..<(bytes.count - 8), using: &self)
      bytes.replaceSubrange(place..<(place + 8), with: bytes[other..<(other + 8)])
    }
  }

  /// Puts a number that is likely to hurt in place of another one.
  private mutating func setNumber(_ bytes: inout [UInt8], at place: Int) {
    let size = UInt32(bytes.count)
    let numbers: [UInt32] = [
      0, 1, 2, 7, 8, 2047, 2048, 2049, size - 9, size - 8, size - 1, size, size + 1, size / 8,
      0x1fff_ffff, 0x2000_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff7, 0xffff_fff8, 0xffff_ffff,
    ]
    let number = numbers.randomElement(using: &self) ?? 0
    withUnsafeBytes(of: number.littleEndian) { number in
      bytes.replaceSubrange(place..<(place + 4), with: number)
    }
  }
}
