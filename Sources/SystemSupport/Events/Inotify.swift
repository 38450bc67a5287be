internal import CLinux
internal import Glibc
package import SystemPackage

/// The kernel's reports of changes in directories.
package final class Inotify {
  /// Names one watched directory or file in the events.
  package struct Watch: Hashable, Sendable {
    fileprivate let number: CInt
  }

  /// What happened, as the kernel's `IN_` bits.
  package struct Mask: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Owner, mode, stamps or link count changed.
    package static let attributes = Mask(rawValue: UInt32(IN_ATTRIB))
    /// A descriptor that was open for writing was closed.
    package static let closedAfterWrite = Mask(rawValue: UInt32(IN_CLOSE_WRITE))
    package static let created = Mask(rawValue: UInt32(IN_CREATE))
    package static let deleted = Mask(rawValue: UInt32(IN_DELETE))
    package static let modified = Mask(rawValue: UInt32(IN_MODIFY))
    package static let movedFrom = Mask(rawValue: UInt32(IN_MOVED_FROM))
    package static let movedTo = Mask(rawValue: UInt32(IN_MOVED_TO))
    package static let deletedItself = Mask(rawValue: UInt32(IN_DELETE_SELF))
    package static let movedItself = Mask(rawValue: UInt32(IN_MOVE_SELF))
    /// The watch is gone: its directory was removed or unmounted.
    package static let ignored = Mask(rawValue: UInt32(IN_IGNORED))
    /// Events were lost: only a full look at the files can tell what changed.
    package static let overflowed = Mask(rawValue: UInt32(IN_Q_OVERFLOW))
    package static let unmounted = Mask(rawValue: UInt32(IN_UNMOUNT))
    package static let isDirectory = Mask(rawValue: UInt32(IN_ISDIR))
  }

  /// One report.
  package struct Event: Sendable {
    /// Whose event it is; nil when the queue overflowed.
    package let watch: Watch?
    package let mask: Mask
    /// The name within the watched directory, empty for the directory itself.
    package let name: [UInt8]
  }

  private let descriptor: OwnedDescriptor
  private let loop: EventLoop
  private var token: EventLoop.Token?

  /// Starts listening; the handler gets everything that waited, on the loop.
  ///
  /// - Throws: `SystemError` when the user's limit of inotify instances is reached.
  package init(on loop: EventLoop, _ handler: @escaping ([Event]) -> Void) throws(SystemError) {
    let descriptor = OwnedDescriptor(
      owning: try check("start", "inotify") { inotify_init1(CInt(IN_NONBLOCK | IN_CLOEXEC)) })
    self.descriptor = descriptor
    self.loop = loop
    token = loop.watch(descriptor.raw) { _ in
      let events = Self.read(from: descriptor)
      if !events.isEmpty { handler(events) }
    }
  }

  deinit { loop.cancel(token) }

  /// Watches a directory or a file; a second call for the same one replaces the mask.
  ///
  /// - Throws: `SystemError`: `ENOSPC` when the user's watches are used up, `ENOENT` when nothing
  ///   is there.
  package func add(_ path: FilePath, for mask: Mask) throws(SystemError) -> Watch {
    let number = try check("watch", path.visible) {
      unsafe path.withPlatformString {
        unsafe inotify_add_watch(descriptor.raw, $0, mask.rawValue)
      }
    }
    return Watch(number: number)
  }

  /// Stops watching; a watch that is gone already is no error.
  package func remove(_ watch: Watch) { _ = inotify_rm_watch(descriptor.raw, watch.number) }

  /// The descriptor's waiting events, up to 64 KiB of them.
  private static func read(from descriptor: OwnedDescriptor) -> [Event] {
    guard let bytes = try? descriptor.read(upTo: 1 << 16) else { return [] }
    return events(in: bytes)
  }

  /// Takes the kernel's records apart: watch, mask, cookie, length, and a name padded with NUL.
  static func events(in bytes: [UInt8]) -> [Event] {
    var events: [Event] = []
    var position = 0
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[position + offset + $1]) << (8 * $1) }
    }
    while position + 16 <= bytes.count {
      let number = CInt(bitPattern: word(0))
      let mask = Mask(rawValue: word(4))
      let end = position + 16 + Int(word(12))
      guard end <= bytes.count else { break }
      let name = bytes[(position + 16)..<end].prefix { $0 != 0 }
      events.append(
        Event(watch: number < 0 ? nil : Watch(number: number), mask: mask, name: Array(name)))
      position = end
    }
    return events
  }
}
