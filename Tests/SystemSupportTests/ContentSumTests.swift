import SystemSupport
import Testing

@Suite struct ContentSumTests {
  @Test func `every byte counts in the sum, however it is cut`() {
    let bytes = (0..<200).map { UInt8($0) }
    let whole = bytes.withUnsafeBytes { ContentSum(of: $0).value }
    for cut in 0...bytes.count {
      var sum = ContentSum()
      bytes[..<cut].withUnsafeBytes { sum.add($0) }
      bytes[cut...].withUnsafeBytes { sum.add($0) }
      #expect(sum.value == whole)
      #expect(bytes[..<cut].withUnsafeBytes { ContentSum(of: $0).value } != whole || cut == 200)
    }
    for place in bytes.indices {
      var other = bytes
      other[place] ^= 0x80
      #expect(other.withUnsafeBytes { ContentSum(of: $0).value } != whole)
    }
  }
}
