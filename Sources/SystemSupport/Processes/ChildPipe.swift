internal import CLinux
internal import Glibc

/// A pipe from a child to us: our end does not block, and both ends close on exec.
struct ChildPipe {
  /// Our end.
  let reader: OwnedDescriptor
  /// The child's end; its number is none of those that a child's descriptors have.
  let writer: OwnedDescriptor

  /// - Throws: `SystemError` when there is no descriptor left.
  init() throws(SystemError) {
    var ends: [CInt] = [-1, -1]
    try check("make a pipe") { unsafe linux_pipe(&ends) }
    let reader = OwnedDescriptor(owning: ends[0])
    writer = try Self.movedAway(OwnedDescriptor(owning: ends[1]))
    self.reader = reader
    try check("make a pipe") { fcntl(reader.raw, F_SETFL, O_NONBLOCK) }
  }

  private static func movedAway(_ descriptor: OwnedDescriptor) throws(SystemError)
    -> OwnedDescriptor
  {
    let lowest: CInt = 5
    guard descriptor.raw < lowest else { return descriptor }
    let (old, copy) = (descriptor.raw, F_DUPFD_CLOEXEC)
    return OwnedDescriptor(owning: try check("make a pipe") { fcntl(old, copy, lowest) })
  }
}
