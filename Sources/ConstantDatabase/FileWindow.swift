internal import SystemPackage
internal import SystemSupport

/// A part of a file in memory, read with pread(2) as it is asked for.
///
/// Not mapped: a file that somebody truncates would kill the process that has mapped it. A range no
/// larger than the capacity is read once and whole. In a larger one, reading onward fetches 1 MiB at
/// a time, and jumping about a page at a time.
@safe final class FileWindow {
  private static let pageSize = 4096
  private static let stride = 1 << 20

  /// The bytes of the file that may be asked for.
  let range: Range<Int>
  private let file: OwnedDescriptor
  let name: String
  private let capacity: Int
  private var buffer: UnsafeMutableRawBufferPointer
  /// The bytes of the file that are in the buffer now.
  private(set) var loaded: Range<Int>

  /// - Parameters:
  ///   - range: The part of the file that will be asked for; it was there when the file was opened.
  ///   - file: The open file.
  ///   - name: The file's name in errors.
  ///   - capacity: The most bytes to hold at a time, unless more are asked for at once.
  init(on range: Range<Int>, of file: OwnedDescriptor, name: String, capacity: Int) {
    self.range = range
    self.file = file
    self.name = name
    self.capacity = capacity
    unsafe buffer = .allocate(byteCount: 0, alignment: 16)
    loaded = range.lowerBound..<range.lowerBound
  }

  deinit { unsafe buffer.deallocate() }

  /// Bytes of the file, valid until the next call.
  ///
  /// - Throws: `SystemError` when they cannot be read; `ConstantDatabaseError` when they lie outside
  ///   of the range or the file has become shorter.
  func bytes(at offset: Int, count: Int) throws -> UnsafeRawBufferPointer {
    if offset < loaded.lowerBound || offset + count > loaded.upperBound {
      try load(offset, count: count)
    }
    let start = offset - loaded.lowerBound
    return unsafe UnsafeRawBufferPointer(rebasing: buffer[start..<(start + count)])
  }

  /// The bytes of the file that are in memory, valid until the next call.
  var loadedBytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: buffer[..<loaded.count])
  }

  /// Two numbers that stand together: a record's lengths, or a slot.
  func pair(at offset: Int) throws -> (UInt32, UInt32) {
    let bytes = try unsafe bytes(at: offset, count: 8)
    return unsafe (
      UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)),
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    )
  }

  private func load(_ offset: Int, count: Int) throws {
    guard offset >= range.lowerBound, offset + count <= range.upperBound else {
      throw ConstantDatabaseError(.read, name, at: offset, "this place is out of bounds")
    }
    let wanted = extent(of: offset, count: count)
    loaded = wanted.lowerBound..<wanted.lowerBound
    if unsafe wanted.count > buffer.count {
      unsafe buffer.deallocate()
      unsafe buffer = .allocate(byteCount: wanted.count, alignment: 16)
    }
    let done = try unsafe file.readFully(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted.count]),
      at: Int64(wanted.lowerBound), subject: name)
    loaded = wanted.lowerBound..<(wanted.lowerBound + done)
    guard offset + count <= loaded.upperBound else {
      throw ConstantDatabaseError(
        .read, name, at: loaded.upperBound, "the file was truncated while it was read")
    }
  }

  /// What to read so that these bytes are there.
  private func extent(of offset: Int, count: Int) -> Range<Int> {
    if range.count <= capacity { return range }
    let isOnward = offset >= loaded.lowerBound && offset - loaded.upperBound < Self.pageSize
    let ahead = max(count, isOnward ? min(capacity, Self.stride) : Self.pageSize)
    return offset..<min(offset + ahead, range.upperBound)
  }
}
