import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import ConstantDatabase

@Suite(.scratch) struct FileWindowTests {
  @Test(arguments: [4096, 65_536, 8 << 20])
  func `bytes anywhere are those of the file, whatever the capacity`(capacity: Int) throws {
    let path = Scratch.directory.appending("file")
    let whole = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
    try path.write(whole)
    let range = 1000..<(whole.count - 1000)
    let window = FileWindow(
      on: range, of: try OwnedDescriptor(opening: path, flags: O_RDONLY), name: "file",
      capacity: capacity)
    var offset = range.lowerBound
    for step in 0..<400 {
      // Some steps onward, some jumps, some pieces larger than a page.
      offset = step % 5 == 0 ? range.lowerBound + step * 7_919 % 3_000_000 : offset + step
      let count = step % 7 == 0 ? 100_000 : step
      guard offset + count <= range.upperBound else { continue }
      let bytes = [UInt8](try window.bytes(at: offset, count: count))
      #expect(bytes.elementsEqual(whole[offset..<(offset + count)]), "step \(step)")
    }
    for outside in [range.lowerBound - 1, range.upperBound - 7] {
      #expect(throws: ConstantDatabaseError.self) { try window.bytes(at: outside, count: 8) }
    }
  }
}
