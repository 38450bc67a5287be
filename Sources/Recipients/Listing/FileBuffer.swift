internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// Memory that one file after the other is read into.
@safe struct FileBuffer: ~Copyable {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

  /// Files must be smaller; one call of read gives up to 2 GiB.
  private static let limit = 1 << 30

  deinit { unsafe memory.deallocate() }

  /// Reads a regular file and lends its bytes.
  ///
  /// - Parameters:
  ///   - name: The file, seen from the directory.
  ///   - directory: The open directory.
  ///   - path: The file's path, made for an error only.
  ///   - body: What is done with the bytes.
  /// - Returns: What the body returns; nil when there is no such file.
  /// - Throws: `SystemError` when the file is there but cannot be read, or is not regular.
  mutating func withContents<Result>(
    of name: FilePath, in directory: OwnedDescriptor, path: () -> FilePath,
    _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) throws(SystemError) -> Result? {
    do {
      let file = try OwnedDescriptor(opening: name, in: directory, flags: O_RDONLY | O_NONBLOCK)
      let bytes = try unsafe contents(of: file)
      return unsafe body(bytes)
    } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw SystemError(error.operation, path(), error.errno)
    }
  }

  private mutating func contents(
    of file: OwnedDescriptor
  ) throws(SystemError) -> UnsafeBufferPointer<UInt8> {
    let status = try FileStatus.of(file)
    guard status.kind == .regular else { throw SystemError("read", "", .invalidArgument) }
    guard status.size < Self.limit else { throw SystemError("read", "", .fileTooLarge) }
    makeRoom(for: Int(status.size) + 1)
    // A regular file gives less than was asked for only at its end.
    let count = try check("read") {
      unsafe pread(file.raw, memory.baseAddress, memory.count, 0)
    }
    guard unsafe count < memory.count else {
      // It grew meanwhile: what is read may end in the middle of a line.
      throw SystemError("read", "", .resourceTemporarilyUnavailable)
    }
    return unsafe UnsafeBufferPointer(rebasing: memory.bindMemory(to: UInt8.self)[..<count])
  }

  private mutating func makeRoom(for count: Int) {
    guard unsafe count > memory.count else { return }
    unsafe memory.deallocate()
    unsafe memory = .allocate(byteCount: max(count, 2 * memory.count), alignment: 16)
  }
}
