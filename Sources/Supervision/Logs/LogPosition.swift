package import SystemPackage
package import SystemSupport

/// A place in a log: a byte of one file, which rotation renames but does not change.
package struct LogPosition: Hashable, Sendable {
  /// The file; a processor's work takes its place, and a later file may get its number then.
  package let file: FileIdentity
  /// Bytes before the place.
  package let offset: Int64

  package init(in file: FileIdentity, offset: Int64) {
    self.file = file
    self.offset = offset
  }

  /// The end of a log as it is now: one system call, unless a rotation is under way.
  ///
  /// - Returns: The end of `current`, or of the file that comes closest to it; nil when there is no
  ///   log at all, so that all that comes is new.
  /// - Throws: `SystemError` when something is there that cannot be looked at.
  package static func end(of directory: FilePath) throws(SystemError) -> LogPosition? {
    let current = directory.appending("current")
    if let (file, size) = try FileIdentity.of(current) {
      return LogPosition(in: file, offset: size)
    }
    return try LogFiles(in: directory).newest().map { (file) throws(SystemError) in
      try file.position(file.size)
    }
  }
}
