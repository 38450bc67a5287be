package import SystemPackage

/// A system call that failed: what was attempted, on what, and why.
///
/// The words follow the field's habit: `unable to open control/locals: No such file or directory`.
package struct SystemError: Error, Equatable, CustomStringConvertible {
  /// The verb of the attempt, such as `open` or `rename`.
  package let operation: String
  /// The file or program that the attempt was about, empty when there is none.
  package let subject: String
  /// The reason that the kernel gave.
  package let errno: Errno

  package init(_ operation: String, _ subject: String = "", _ errno: Errno) {
    self.operation = operation
    self.subject = subject
    self.errno = errno
  }

  package init(_ operation: String, _ path: FilePath, _ errno: Errno) {
    self.init(operation, path.visible, errno)
  }

  package var description: String {
    subject.isEmpty
      ? "unable to \(operation): \(errno)" : "unable to \(operation) \(subject): \(errno)"
  }
}

extension Errno {
  /// The reason of the C call that failed just now on this thread.
  package static var latest: Errno { Errno(rawValue: currentErrorNumber()) }
}

extension FilePath {
  /// The path as text that is safe to show: bytes of strangers made visible.
  package var visible: String {
    unsafe withPlatformString { pointer in
      unsafe VisibleText.escape(
        UnsafeRawBufferPointer(start: pointer, count: length))
    }
  }
}
