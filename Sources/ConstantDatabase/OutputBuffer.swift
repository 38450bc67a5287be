internal import SystemSupport

/// Collects what is written into large writes to the end of a file.
@safe struct OutputBuffer: ~Copyable {
  private static let capacity = 1 << 20

  private let file: OwnedDescriptor
  private let subject: String
  private let bytes: UnsafeMutableRawBufferPointer
  private var used = 0

  /// - Parameters:
  ///   - file: The open file, at the position where the output begins.
  ///   - subject: The file's name in errors.
  init(_ file: OwnedDescriptor, subject: String) {
    self.file = file
    self.subject = subject
    unsafe bytes = .allocate(byteCount: Self.capacity, alignment: 16)
  }

  deinit { unsafe bytes.deallocate() }

  /// Appends a pair of numbers: lengths, a slot, or a header's entry.
  mutating func append(_ first: UInt32, _ second: UInt32) throws(SystemError) {
    if used + 8 > Self.capacity { try flush() }
    unsafe bytes.storeBytes(of: first.littleEndian, toByteOffset: used, as: UInt32.self)
    unsafe bytes.storeBytes(of: second.littleEndian, toByteOffset: used + 4, as: UInt32.self)
    used += 8
  }

  mutating func append(_ more: UnsafeRawBufferPointer) throws(SystemError) {
    if more.count == 0 { return }
    if used + more.count > Self.capacity {
      try flush()
      if more.count > Self.capacity {
        return try unsafe file.write(more, subject: subject)
      }
    }
    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[used...]).copyMemory(from: more)
    used += more.count
  }

  /// Writes out what is left.
  mutating func flush() throws(SystemError) {
    let count = used
    used = 0
    try unsafe file.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), subject: subject)
  }
}
