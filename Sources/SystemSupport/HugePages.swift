internal import Glibc

/// Large memory that is filled from end to end once.
///
/// The kernel clears and maps memory page by page on its first use, which for tens of megabytes
/// takes as long as the work that is done on them. In pages of 2 MiB it is a few hundred times less
/// often.
package enum HugePages {
  /// Less is not worth a call: the kernel needs 2 MiB that begin at a multiple of it.
  private static let fewestBytes = 4 << 20

  /// Asks the kernel for huge pages behind an area that has not been used yet (madvise(2)).
  ///
  /// It is advice: a kernel that has none to give, or is told to give none, takes its small ones.
  package static func advise(_ area: UnsafeRawBufferPointer) {
    guard area.count >= fewestBytes, let start = area.baseAddress else { return }
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let skipped = -Int(bitPattern: start) & (pageSize - 1)
    let count = (area.count - skipped) & ~(pageSize - 1)
    _ = unsafe madvise(
      UnsafeMutableRawPointer(mutating: start + skipped), count, MADV_HUGEPAGE)
  }
}

extension Array {
  /// As `reserveCapacity`, in huge pages when it is much.
  package mutating func reserveInHugePages(_ capacity: Int) {
    reserveCapacity(capacity)
    unsafe withUnsafeBufferPointer {
      unsafe HugePages.advise(
        UnsafeRawBufferPointer(
          start: $0.baseAddress, count: capacity * MemoryLayout<Element>.stride))
    }
  }
}

extension Array<UInt8> {
  /// So many zeros, in huge pages when they are many.
  package init(zerosInHugePages count: Int) {
    self = unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      unsafe HugePages.advise(UnsafeRawBufferPointer(bytes))
      unsafe bytes.initialize(repeating: 0)
      filled = count
    }
  }
}
