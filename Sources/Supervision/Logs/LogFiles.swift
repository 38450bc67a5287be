internal import SystemPackage
internal import SystemSupport

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
  /// How many of them have a lasting name; these come first.
  private let finished: Int
  /// Whether no file is left out.
  let isSettled: Bool

  /// Looks at a directory; files are empty when it is missing.
  ///
  /// `current` is opened first, what is on its way next, and the names are listed last: whatever was
  /// rotated before is then either open or listed, and not both, if nothing was rotated or replaced
  /// meanwhile; else the look is taken again. When that goes on, the files are those that come first
  /// for certain, with none missing between them; the last ones may be left out.
  ///
  /// - Parameters:
  ///   - directory: The log directory.
  ///   - attempts: How many looks may find that something changed meanwhile.
  /// - Throws: `SystemError` when something is there that cannot be read.
  init(in directory: FilePath, attempts: Int = 8) throws(SystemError) {
    self.directory = directory
    for _ in 0..<attempts {
      let look = try Look(directory)
      if try look.isSettled(directory) {
        isSettled = true
        finished = look.names.count
        entries = Self.order(look, comparing: 2, in: directory)
        return
      }
    }
    var look = try Look(directory)
    try look.keepWhatIsCertain()
    isSettled = false
    finished = look.names.count
    // Any number of rotations may lie between two steps of this look.
    entries = Self.order(look, comparing: finished + 1, in: directory)
  }

  /// What one look found.
  private struct Look {
    private(set) var current: LogFile?
    /// `previous`, or `processed` when that is all that is left of it.
    private(set) var passing: LogFile?
    let time: Timestamp
    private(set) var names: [String]

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

    /// Whether `current` is still the same file, and `previous` has not been replaced: then each
    /// file was seen once.
    func isSettled(_ directory: FilePath) throws(SystemError) -> Bool {
      if let passing, passing.name == "previous", try passing.isGone { return false }
      let status = try FileStatus.of(directory.appending("current"), followingLinks: false)
      guard let status, let current else { return status == nil && current == nil }
      return current.isSame(device: status.device, inode: status.inode)
    }

    /// Leaves out what may stand in a wrong place, or behind a file that is missing.
    ///
    /// A list that was made during a rotation may have later names and lack earlier ones; those
    /// from before it are all there. A `previous` that is gone by now may have its lasting name
    /// since then only, and what is called `processed` may be half written.
    mutating func keepWhatIsCertain() throws(SystemError) {
      let limit = TAI64N(time).description
      names.removeAll { $0 >= limit }
      let isPassingGone = try passing?.isGone ?? false
      if isPassingGone || passing?.name == "processed" { (passing, current) = (nil, nil) }
      if try current?.isGone ?? false { current = nil }
    }
  }

  /// Puts the files that are open already after the listed ones, unless they are among them: a file
  /// may have its lasting name already, beside the passing one.
  private static func order(
    _ look: Look, comparing newest: Int, in directory: FilePath
  ) -> [Entry] {
    var entries = look.names.map { Entry(name: $0, file: nil) }
    for file in [look.passing, look.current].compactMap({ $0 }) {
      let isListed = entries.suffix(newest).reversed().contains {
        $0.isSame(device: file.identity.device, inode: file.identity.inode, in: directory)
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

extension LogFiles {
  /// Whether a name is one of a file that a processor may have made.
  static func isProcessed(_ name: String) -> Bool { isOld(name) || name == "processed" }
}

// MARK: - Finding

extension LogFiles {
  /// The newest name of a finished file.
  var newestOldName: String? { oldNames.last }

  /// The file of a position, whatever it is called now; nil when it is gone.
  func file(at position: LogPosition) throws(SystemError) -> LogFile? {
    let wanted = position.file
    guard let index = index(device: wanted.device, inode: wanted.inode),
      let file = try open(index), file.identity.isSame(as: wanted)
    else { return nil }
    return file
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
    return index(device: file.identity.device, inode: file.identity.inode)
  }

  /// The name at an index.
  func name(at index: Int) -> String { entries[index].name }

  /// How many files there are.
  var count: Int { entries.count }

  /// How many of the finished files before an index are not among those of an older look.
  func newNames(before index: Int, since older: LogFiles) -> Int {
    var known = older.oldNames[...]
    return oldNames.prefix(index).count { name in
      known = known.drop { $0 < name }
      return known.first != name
    }
  }

  /// Whether a finished file has this name.
  func hasOld(_ name: String) -> Bool { oldNames.contains(name) }

  /// How many files without a lasting name came before this one.
  func passing(before file: LogFile) -> Int {
    index(of: file).map { max(0, $0 - finished) } ?? 0
  }

  /// The names of the finished files, in their order.
  private var oldNames: some RandomAccessCollection<String> {
    entries[..<finished].lazy.map(\.name)
  }

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
    return entries[..<finished].firstIndex { $0.name > name } ?? finished
  }

  private func index(device: UInt64, inode: UInt64) -> Int? {
    // From the newest on: that is where one usually is.
    entries.indices.reversed().first {
      entries[$0].isSame(device: device, inode: inode, in: directory)
    }
  }

  /// The file at an index; nil when it is gone by now.
  func open(_ index: Int) throws(SystemError) -> LogFile? {
    if let file = entries[index].file { return file }
    return try LogFile.open(entries[index].name, in: directory)
  }
}
