internal import Glibc
package import SystemSupport

/// Standard output, buffered, with every error noticed: a full disk, a closed pipe.
///
/// Call `finish` at the end: what is in the buffer by then is lost without it.
package final class StandardOutput {
  private let descriptor: CInt
  private let capacity: Int
  private var buffer: [UInt8] = []

  package convenience init() { self.init(descriptor: 1) }

  /// Writes to another descriptor, which stays open; for tests.
  init(descriptor: CInt, capacity: Int = 1 << 16) {
    self.descriptor = descriptor
    self.capacity = capacity
    buffer.reserveCapacity(capacity)
  }

  /// Adds bytes to the output.
  ///
  /// - Throws: `SystemError` when the buffer was full and cannot be written.
  package func write(_ bytes: some Collection<UInt8>) throws(SystemError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= capacity { try flush() }
  }

  /// Adds text to the output.
  ///
  /// - Throws: `SystemError` when the buffer was full and cannot be written.
  package func write(_ text: String) throws(SystemError) { try write(text.utf8) }

  /// Writes a text of some lines, and all that is left with it.
  ///
  /// - Throws: `SystemError` when something did not arrive.
  package static func show(_ lines: [String]) throws(SystemError) {
    let output = StandardOutput()
    for line in lines { try output.write(line + "\n") }
    try output.finish()
  }

  /// Writes what is in the buffer.
  ///
  /// - Throws: `SystemError`; the buffer is dropped then, since a part of it may be written.
  package func flush() throws(SystemError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    var done = 0
    while done < buffer.count {
      done += try check("write", Self.subject) {
        unsafe buffer.withUnsafeBytes {
          unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
        }
      }
    }
  }

  /// Writes what is left and asks the file system whether all of it arrived.
  ///
  /// A file system over the network, or one with quotas, may tell of its errors only at a close.
  ///
  /// - Throws: `SystemError` when something did not arrive.
  package func finish() throws(SystemError) {
    guard !buffer.isEmpty else { return }
    try flush()
    let copy = try check("write", Self.subject) { dup(descriptor) }
    try check("write", Self.subject) { close(copy) }
  }

  private static let subject = "standard output"
}
