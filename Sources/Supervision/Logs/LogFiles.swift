internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// An open file of a log.
struct LogFile {
  let descriptor: OwnedDescriptor
  let device: UInt64
  let inode: UInt64
  /// The name under which it was opened; `current` and `previous` do not last.
  let name: String

  /// Opens a file of a log directory; nil when it is not there.
  ///
  /// multilog makes regular files: a link or a device in their place is not followed.
  static func open(_ name: String, in directory: FilePath) throws(SystemError) -> LogFile? {
    let path = directory.appending(name)
    do throws(SystemError) {
      let descriptor = try OwnedDescriptor(
        opening: path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
      let status = try FileStatus.of(descriptor, subject: path.visible)
      guard status.kind == .regular else { throw SystemError("read", path, .invalidArgument) }
      return LogFile(
        descriptor: descriptor, device: status.device, inode: status.inode, name: name)
    } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }

  /// Whether this is the file of a status or a position.
  func isSame(device: UInt64, inode: UInt64) -> Bool {
    self.device == device && self.inode == inode
  }

  /// Its length now.
  var size: Int64 {
    get throws(SystemError) { try FileStatus.of(descriptor, subject: name).size }
  }

  func position(_ offset: Int64) -> LogPosition {
    LogPosition(device: device, inode: inode, offset: offset)
  }

  /// Whether it carries the lasting name of a finished file: `@STAMP.s` or `@STAMP.u`.
  var isOld: Bool { LogFiles.isOld(name) }

  /// Whether multilog died while it wrote this file: its last line may have no end.
  var isUnsafe: Bool { name.hasSuffix(".u") }
}

/// The files of a multilog directory in the order of their lines, as they were at one moment.
///
/// Old files are named by the time of their end, so their names sort by age. After them comes
/// `previous`, which is `current` on its way to become an old file, then `current`. What a processor
/// made of `previous` is called `processed` until it gets its lasting name; for a moment it is all
/// that there is of that file.
struct LogFiles {
  /// A file by its name, opened already if the name does not last.
  private struct Entry {
    let name: String
    let file: LogFile?

    func isSame(device: UInt64, inode: UInt64, in directory: FilePath) -> Bool {
      if let file { return file.isSame(device: device, inode: inode) }
      let path = directory.appending(name)
      guard let status = try? FileStatus.of(path, followingLinks: false) else { return false }
      return status.device == device && status.inode == inode
    }
  }

  private let directory: FilePath
  private let entries: [Entry]

  /// Looks at a directory; files are empty when it is missing.
  ///
  /// `current` is opened first, what is on its way next, and the names are listed last: whatever was
  /// rotated before is then either open or listed. When `current` keeps being rotated meanwhile, the
  /// names later than the look are left out, since a list may have some of them and lack others.
  ///
  /// - Parameters:
  ///   - directory: The log directory.
  ///   - attempts: How many looks may find that `current` was rotated meanwhile.
  /// - Throws: `SystemError` when something is there that cannot be read.
  init(in directory: FilePath, attempts: Int = 3) throws(SystemError) {
    self.directory = directory
    for _ in 0..<attempts {
      let look = try Look(directory)
      if try look.isStill(directory) {
        entries = Self.order(look, names: look.names, comparing: 2, in: directory)
        return
      }
    }
    let look = try Look(directory)
    let limit = TAI64N(look.time).description
    let names = look.names.filter { $0 < limit }
    // Any number of rotations may lie between two steps of this look.
    entries = Self.order(look, names: names, comparing: names.count + 1, in: directory)
  }

  /// What one look found.
  private struct Look {
    let current: LogFile?
    /// `previous`, or `processed` when that is all that is left of it.
    let passing: LogFile?
    let time: Timestamp
    let names: [String]

    init(_ directory: FilePath) throws(SystemError) {
      current = try LogFile.open("current", in: directory)
      let previous = try LogFile.open("previous", in: directory)
      passing = previous == nil ? try LogFile.open("processed", in: directory) : previous
      time = .now
      do {
        names = try FileReading.names(in: directory).map(\.string).filter(LogFiles.isOld)
      } catch {
        guard error.errno == .noSuchFileOrDirectory else { throw error }
        names = []
      }
    }

    /// Whether `current` is still the same file.
    func isStill(_ directory: FilePath) throws(SystemError) -> Bool {
      let status = try FileStatus.of(directory.appending("current"), followingLinks: false)
      guard let status, let current else { return status == nil && current == nil }
      return current.isSame(device: status.device, inode: status.inode)
    }
  }

  /// Puts the files that are open already after the listed ones, unless they are among them: a file
  /// may have its lasting name already, beside the passing one.
  private static func order(
    _ look: Look, names: [String], comparing newest: Int, in directory: FilePath
  ) -> [Entry] {
    var entries = names.map { Entry(name: $0, file: nil) }
    for file in [look.passing, look.current].compactMap({ $0 }) {
      let isListed = entries.suffix(newest).reversed().contains {
        $0.isSame(device: file.device, inode: file.inode, in: directory)
      }
      if !isListed { entries.append(Entry(name: file.name, file: file)) }
    }
    return entries
  }

  /// Whether a name is one of a finished file.
  static func isOld(_ name: String) -> Bool {
    let bytes = name.utf8
    guard bytes.first == UInt8(ascii: "@"), bytes.count == TAI64N.textLength + 2 else {
      return false
    }
    return (name.hasSuffix(".s") || name.hasSuffix(".u")) && TAI64N(bytes.dropLast(2)) != nil
  }
}

// MARK: - Finding

extension LogFiles {
  /// The newest name of a finished file.
  var newestOldName: String? { entries.last { Self.isOld($0.name) }?.name }

  /// The file of a position, whatever it is called now; nil when it is gone.
  func file(at position: LogPosition) throws(SystemError) -> LogFile? {
    guard let index = index(device: position.device, inode: position.inode) else { return nil }
    return try open(index)
  }

  func oldest() throws(SystemError) -> LogFile? { try firstFile(from: 0) }

  /// `current`, or what comes closest to it.
  func newest() throws(SystemError) -> LogFile? {
    for index in entries.indices.reversed() {
      if let file = try open(index) { return file }
    }
    return nil
  }

  /// The index of a file among the entries, by its lasting name or by its identity.
  func index(of file: LogFile) -> Int? {
    if file.isOld { return entries.firstIndex { $0.name == file.name } }
    return index(device: file.device, inode: file.inode)
  }

  /// The name that a file has in this look.
  func name(of file: LogFile) -> String? { index(of: file).map { entries[$0].name } }

  /// The first file from an index on that is still there.
  func firstFile(from index: Int) throws(SystemError) -> LogFile? {
    for index in entries.indices.dropFirst(index) {
      if let file = try open(index) { return file }
    }
    return nil
  }

  /// The file right after a finished one; nil when this look has none, or it is gone by now.
  func successor(of file: LogFile) throws(SystemError) -> LogFile? {
    guard file.isOld, let index = index(of: file), index + 1 < entries.count else { return nil }
    return try open(index + 1)
  }

  /// The file before another one; nil when it is the oldest or gone itself.
  func predecessor(of file: LogFile) throws(SystemError) -> LogFile? {
    guard let index = index(of: file), index > 0 else { return nil }
    return try open(index - 1)
  }

  /// The index of the first finished file with a later name, or of what follows them all.
  func indexAfter(name: String?) -> Int {
    guard let name else { return 0 }
    return entries.firstIndex { !Self.isOld($0.name) || $0.name > name } ?? entries.endIndex
  }

  private func index(device: UInt64, inode: UInt64) -> Int? {
    // From the newest on: that is where one usually is.
    entries.indices.reversed().first {
      entries[$0].isSame(device: device, inode: inode, in: directory)
    }
  }

  private func open(_ index: Int) throws(SystemError) -> LogFile? {
    if let file = entries[index].file { return file }
    return try LogFile.open(entries[index].name, in: directory)
  }
}
