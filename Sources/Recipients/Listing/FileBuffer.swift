internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// Memory that one file after the other is read into.
@safe struct FileBuffer: ~Copyable {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

  /// Files must be smaller; one call of read gives up to 2 GiB.
  private static let limit = 1 << 30

  deinit { unsafe memory.deallocate() }

  /// Reads a regular file and lends its bytes; nil when nothing is there.
  ///
  /// - Throws: `SystemError` when the file is there but cannot be read, or is not regular.
  mutating func withContents<Result>(
    of path: FilePath, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) throws(SystemError) -> Result? {
    let file: OwnedDescriptor
    do {
      file = try OwnedDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
    } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
    let status = try Self.status(of: file, path)
    guard status.kind == .regular else { throw SystemError("read", path, .invalidArgument) }
    guard status.size < Self.limit else { throw SystemError("read", path, .fileTooLarge) }
    makeRoom(for: Int(status.size) + 1)
    // A regular file gives less than was asked for only at its end.
    let count = try check("read", path.visible) {
      unsafe pread(file.raw, memory.baseAddress, memory.count, 0)
    }
    guard unsafe count < memory.count else {
      // It grew meanwhile: what is read may end in the middle of a line.
      throw SystemError("read", path, .resourceTemporarilyUnavailable)
    }
    return unsafe body(UnsafeBufferPointer(rebasing: memory.bindMemory(to: UInt8.self)[..<count]))
  }

  /// The status of the open file; its name is made visible only for an error.
  private static func status(
    of file: OwnedDescriptor, _ path: FilePath
  ) throws(SystemError) -> FileStatus {
    do {
      return try FileStatus.of(file)
    } catch {
      throw SystemError("stat", path, error.errno)
    }
  }

  private mutating func makeRoom(for count: Int) {
    guard unsafe count > memory.count else { return }
    unsafe memory.deallocate()
    unsafe memory = .allocate(byteCount: max(count, 2 * memory.count), alignment: 16)
  }
}
