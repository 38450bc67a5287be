internal import SystemPackage

/// What the kernel tells of who holds a flock(2) on a file, whether or not its holder tells.
enum KernelLocks {
  /// A lock that is held, as a line such as `1: FLOCK  ADVISORY  WRITE 4711 fe:00:16320067 0 EOF`
  /// tells of it.
  struct Line: Equatable {
    /// Who took it; 0 when that process has ended or cannot be seen.
    let pid: Int32
    let inode: UInt64
    /// The file system's device, in the form of stat(2).
    let device: UInt64

    /// Reads a line; nil when it tells of another kind of lock, or of one that is waited for.
    init?(_ line: Substring) {
      let words = line.split(separator: " ")
      guard words.count >= 6, words[1] == "FLOCK", let pid = Int32(words[4]) else { return nil }
      let numbers = words[5].split(separator: ":")
      guard numbers.count == 3, let major = UInt64(numbers[0], radix: 16),
        let minor = UInt64(numbers[1], radix: 16), let inode = UInt64(numbers[2])
      else { return nil }
      self.pid = pid
      self.inode = inode
      // On btrfs this is not the device of its files.
      device =
        (major & 0xfff) << 8 | (major & ~0xfff) << 32 | minor & 0xff | (minor & ~0xff) << 12
    }
  }

  /// Whether somebody holds a lock on a file; nil where the kernel's list does not tell.
  static func isHeld(_ file: FileStatus) -> Bool? {
    guard let bytes = try? FileReading.contents(of: "/proc/locks", limit: 1 << 24) else {
      return nil
    }
    return isHeld(file, by: lines(in: bytes), isWholeList: seesAllProcesses)
  }

  /// Whether a list tells of a lock on a file; nil where it does not tell.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - lines: The locks of the list.
  ///   - isWholeList: Whether no lock is left out of it.
  /// - Returns: Whether the lock is held.
  static func isHeld(_ file: FileStatus, by lines: [Line], isWholeList: Bool) -> Bool? {
    let locks = lines.filter { $0.inode == file.inode }
    if locks.contains(where: { $0.device == file.device }) { return true }
    // A line of another device is of another file, but on file systems such as btrfs.
    return locks.isEmpty && isWholeList ? false : nil
  }

  /// Whether the list holds all locks: in a namespace of its own a process sees only those of the
  /// processes in it, and not those whose taker has ended.
  private static var seesAllProcesses: Bool {
    guard let namespace = try? FileStatus.of("/proc/self/ns/pid") else { return false }
    // Linux gives this number to the first namespace, the same on all machines.
    return namespace.inode == 0xefff_fffc
  }

  /// A process that holds a lock on a file; nil when there is none, or it cannot be seen.
  static func holder(of file: FileStatus) -> RunningProcess? {
    let locks = lines(of: "/proc/locks").filter { $0.inode == file.inode }
    // Its taker may have ended, and left the lock to another process that has the same open file;
    // then the number may be anybody's by now.
    let takers = locks.compactMap { RunningProcess($0.pid) }
    if let taker = takers.first(where: { hasOpen(file, $0) }) { return taker }
    guard !locks.isEmpty else { return nil }
    return ((try? RunningProcess.all()) ?? []).first { isHeir($0, to: file) }
  }

  private static func lines(of path: FilePath) -> [Line] {
    lines(in: (try? FileReading.contents(of: path, limit: 1 << 24)) ?? [])
  }

  private static func lines(in bytes: [UInt8]) -> [Line] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .compactMap { Line($0.hasPrefix("lock:") ? $0.dropFirst(5) : $0) }
  }

  /// Whether a process has a descriptor that leads to the file.
  private static func hasOpen(_ file: FileStatus, _ process: RunningProcess) -> Bool {
    descriptors(of: process, in: "fd").contains { path in
      guard let status = try? FileStatus.of(path) else { return false }
      return status.device == file.device && status.inode == file.inode
    }
  }

  /// Whether a process has an open file that the lock hangs on, whoever took it.
  private static func isHeir(_ process: RunningProcess, to file: FileStatus) -> Bool {
    descriptors(of: process, in: "fdinfo").contains { path in
      lines(of: path).contains { $0.inode == file.inode } && hasOpen(file, process)
    }
  }

  private static func descriptors(of process: RunningProcess, in name: String) -> [FilePath] {
    let directory = FilePath("/proc/\(process.pid)/\(name)")
    return ((try? FileReading.names(in: directory)) ?? []).map { directory.appending($0) }
  }
}
