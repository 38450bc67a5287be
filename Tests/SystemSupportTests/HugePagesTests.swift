import Foundation
import SystemSupport
import Testing

/// Large memory, seen by what the kernel keeps of the advice (proc_pid_smaps(5): `hg`).
@Suite struct HugePagesTests {
  static let kernelHasThem = FileManager.default.fileExists(
    atPath: "/sys/kernel/mm/transparent_hugepage/enabled")

  @Test(.enabled(if: kernelHasThem))
  func `large room is advised, and keeps what is in it`() throws {
    var numbers = [1, 2, 3]
    numbers.reserveInHugePages(1 << 21)
    #expect(numbers == [1, 2, 3])
    #expect(numbers.capacity >= 1 << 21)
    let middle = unsafe numbers.withUnsafeBytes { bytes in
      UInt(bitPattern: bytes.baseAddress) + (8 << 20)
    }
    #expect(try Self.flags(at: middle).contains("hg"))
  }

  @Test(arguments: [0, 1, 4096, 5 << 20]) func `zeros are zeros`(count: Int) {
    let zeros = [UInt8](zerosInHugePages: count)
    #expect(zeros.count == count)
    #expect(zeros.allSatisfy { $0 == 0 })
  }

  /// The flags of the mapping of this process that holds an address.
  private static func flags(at address: UInt) throws -> [Substring] {
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/smaps"))
    let lines = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
      .split(separator: "\n")
    var isThere = false
    for line in lines {
      if line.hasPrefix("VmFlags:") {
        if isThere { return line.split(separator: " ") }
        continue
      }
      let bounds = line.prefix { $0 != " " }.split(separator: "-")
        .compactMap { UInt($0, radix: 16) }
      if bounds.count == 2 { isThere = (bounds[0]..<bounds[1]).contains(address) }
    }
    return []
  }
}
