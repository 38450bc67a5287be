internal import CLinux
internal import Glibc
package import SystemPackage

/// A file descriptor that is closed when its owner goes.
package final class OwnedDescriptor: Sendable {
  /// The kernel's number, valid as long as this object lives.
  package let raw: CInt

  /// Takes over an open descriptor.
  package init(owning raw: CInt) { self.raw = raw }

  deinit { _ = close(raw) }

  /// Opens a file, always close-on-exec.
  ///
  /// - Parameters:
  ///   - path: The file, seen from `directory` when it is relative and one is given.
  ///   - directory: The directory that a relative path starts from; nil is the working directory.
  ///   - flags: The `O_` flags of open(2); `O_CLOEXEC` is added.
  ///   - mode: The permissions of a new file, before the umask.
  /// - Throws: `SystemError` when the file cannot be opened.
  package init(
    opening path: FilePath, in directory: OwnedDescriptor? = nil, flags: CInt, mode: UInt32 = 0
  ) throws(SystemError) {
    raw = try check("open", path.visible) {
      unsafe path.withPlatformString {
        unsafe linux_open_at(directory?.raw ?? AT_FDCWD, $0, flags | O_CLOEXEC, mode)
      }
    }
  }
}

extension OwnedDescriptor {
  /// Reads what is there, at most one buffer full.
  ///
  /// - Returns: The bytes; empty at the end of the file; nil when a non-blocking read found nothing.
  /// - Throws: `SystemError` when the read fails.
  package func read(upTo count: Int, subject: @autoclosure () -> String = "") throws(SystemError)
    -> [UInt8]?
  {
    while true {
      var reason: Errno?
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        let result = unsafe Glibc.read(raw, buffer.baseAddress, count)
        if result < 0 { reason = .latest }
        filled = max(0, result)
      }
      switch reason {
      case nil: return bytes
      case .interrupted: continue
      case .wouldBlock: return nil
      case .some(let reason): throw SystemError("read", subject(), reason)
      }
    }
  }

  /// Reads what is there and forgets it.
  ///
  /// - Parameter limit: The most bytes that are read.
  package func discard(upTo limit: Int) {
    unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 12, alignment: 1) { buffer in
      var left = limit
      while left > 0 {
        let count = unsafe Glibc.read(raw, buffer.baseAddress, min(left, buffer.count))
        if count < buffer.count { return }
        left -= count
      }
    }
  }

  /// Reads bytes at an offset, fewer only at the end of the file.
  ///
  /// - Throws: `SystemError` when the read fails.
  package func read(
    upTo count: Int, at offset: Int64, subject: @autoclosure () -> String = ""
  ) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe HugePages.advise(UnsafeRawBufferPointer(buffer))
      let result = Result { () throws(SystemError) in
        try unsafe readFully(
          into: UnsafeMutableRawBufferPointer(buffer), at: offset, subject: subject())
      }
      switch result {
      case .success(let count): filled = count
      case .failure(let error): failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Fills a buffer from an offset; the count falls short only at the end of the file.
  ///
  /// - Throws: `SystemError` when the read fails.
  package func readFully(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int64,
    subject: @autoclosure () -> String = ""
  ) throws(SystemError) -> Int {
    var done = 0
    while done < buffer.count {
      let result = try check("read", subject()) {
        unsafe pread(
          raw, buffer.baseAddress?.advanced(by: done), buffer.count - done, Int(offset) + done)
      }
      if result == 0 { break }
      done += result
    }
    return done
  }

  /// Writes all the bytes, at the descriptor's position or at an offset.
  ///
  /// - Throws: `SystemError` when the disk is full or the write fails.
  package func write(
    _ bytes: UnsafeRawBufferPointer, at offset: Int64? = nil,
    subject: @autoclosure () -> String = ""
  ) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let start = unsafe bytes.baseAddress?.advanced(by: done)
      let count = bytes.count - done
      done += try check("write", subject()) {
        if let offset {
          unsafe pwrite(raw, start, count, Int(offset) + done)
        } else {
          unsafe Glibc.write(raw, start, count)
        }
      }
    }
  }

  /// Writes all the bytes at the descriptor's position.
  ///
  /// - Throws: `SystemError` when the disk is full or the write fails.
  package func write(_ bytes: [UInt8], subject: @autoclosure () -> String = "") throws(SystemError)
  {
    let result: Result<Void, SystemError> = unsafe bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemError) in unsafe try write(buffer, subject: subject()) }
    }
    try result.get()
  }

  /// Sets when the file's contents last changed, as far as its stamps tell.
  ///
  /// - Throws: `SystemError` when the file is not ours.
  package func setModified(_ time: Timestamp, subject: @autoclosure () -> String = "")
    throws(SystemError)
  {
    let stamp = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.fraction))
    let times = [stamp, stamp]
    try check("set the date of", subject()) { unsafe futimens(raw, times) }
  }

  /// Lets the kernel begin to bring the file's contents to the disk, while more is written.
  ///
  /// It waits for nothing and promises nothing; `synchronize` has less to wait for afterwards.
  package func startWriteback() { linux_start_writeback(raw) }

  /// Brings the file's contents to the disk.
  ///
  /// - Throws: `SystemError` when the device fails.
  package func synchronize(subject: @autoclosure () -> String = "") throws(SystemError) {
    try check("sync", subject()) { fsync(raw) }
  }
}
