import Testing

@testable import ConstantDatabase

@Suite struct FormatTests {
  @Test(arguments: [("", 5381), ("a", 0x2b5c4), ("abc", 0xb87_3285)])
  func `the hash is the format's`(key: String, hash: UInt32) {
    let computed = Array(key.utf8).withUnsafeBytes { KeyHash(of: $0) }
    #expect(computed.value == hash)
  }

  @Test func `an empty database has its header only`() {
    #expect(DatabaseSize().total == 2048)
  }

  @Test func `a record takes its lengths, its bytes and two slots`() {
    var size = DatabaseSize()
    #expect(size.add(keyCount: 29, valueCount: 0) == 2048)
    #expect(size.add(keyCount: 3, valueCount: 4) == 2085)
    #expect(size.recordsEnd == 2100)
    #expect(size.total == 2100 + 32)
  }

  @Test func `the last byte below 4 GiB can be used and not one more`() {
    let room = Int(UInt32.max) - 2048 - 8 - 16
    var size = DatabaseSize()
    #expect(size.add(keyCount: 1, valueCount: room) == nil)
    #expect(size == DatabaseSize())
    #expect(size.add(keyCount: 0, valueCount: room) == 2048)
    #expect(size.total == Int(UInt32.max))
    #expect(size.add(keyCount: 0, valueCount: 0) == nil)
    #expect(size.recordCount == 1)
  }

  @Test func `several records are taken as a whole or not at all`() {
    let room = Int(UInt32.max) - 2048 - 2 * 16
    var size = DatabaseSize()
    #expect(size.add(recordCount: 2, byteCount: room + 1) == nil)
    #expect(size == DatabaseSize())
    #expect(size.add(recordCount: 2, byteCount: room) == 2048)
    #expect(size.total == Int(UInt32.max))
    #expect(size.recordCount == 2)
  }

  @Test(arguments: [(Int.max, 0), (0, Int.max), (1 << 32, 0), (1 << 31, 1 << 31)])
  func `lengths that no record can have are refused`(key: Int, value: Int) {
    var size = DatabaseSize()
    #expect(size.add(keyCount: key, valueCount: value) == nil)
  }

  @Test func `the limit counts the tables of all the records`() {
    var size = DatabaseSize()
    let value = 1 << 20
    while size.add(keyCount: 0, valueCount: value) != nil {}
    let each = value + 8 + 16
    #expect(size.recordCount == (Int(UInt32.max) - 2048) / each)
  }

  @Test func `a finished file may have 4 GiB less a byte`() {
    let recordsEnd = Int(UInt32.max) - 10 * 16
    #expect(DatabaseSize.allows(recordCount: 10, recordsEnd: recordsEnd))
    #expect(!DatabaseSize.allows(recordCount: 10, recordsEnd: recordsEnd + 1))
    #expect(!DatabaseSize.allows(recordCount: 11, recordsEnd: recordsEnd))
  }
}
