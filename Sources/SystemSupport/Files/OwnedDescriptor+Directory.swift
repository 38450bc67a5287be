internal import CLinux
package import SystemPackage

extension OwnedDescriptor {
  private static let entriesSize = 1 << 15

  /// Gives each name in this open directory to `body`, as the kernel has them: in no order, `.` and
  /// `..` among them, each ended by a NUL and valid during the call.
  ///
  /// A descriptor can be read once; a second time gives nothing.
  ///
  /// - Parameters:
  ///   - subject: The directory, for the error.
  ///   - body: What is done with a name.
  /// - Throws: `SystemError` when the directory cannot be read.
  package func forEachName(
    subject: FilePath, _ body: (UnsafePointer<CChar>) -> Void
  ) throws(SystemError) {
    let result = unsafe withUnsafeTemporaryAllocation(
      byteCount: Self.entriesSize, alignment: 8
    ) { buffer -> Result<Void, SystemError> in
      Result { () throws(SystemError) in
        while true {
          let count = try check("read directory", subject.visible) {
            unsafe linux_read_directory(raw, buffer.baseAddress, buffer.count)
          }
          if count == 0 { return }
          unsafe Self.forEachName(in: UnsafeRawBufferPointer(rebasing: buffer[..<count]), body)
        }
      }
    }
    try result.get()
  }

  /// `struct linux_dirent64`: inode and offset of 8 bytes each, the entry's length of 2, the kind of
  /// 1, the name.
  private static func forEachName(
    in entries: UnsafeRawBufferPointer, _ body: (UnsafePointer<CChar>) -> Void
  ) {
    var rest = unsafe entries
    while rest.count > 19, let start = rest.baseAddress {
      let length = unsafe Int(rest.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
      unsafe body((start + 19).assumingMemoryBound(to: CChar.self))
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(length, 20)))
    }
  }
}
