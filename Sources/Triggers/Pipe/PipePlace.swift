internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// The place of the trigger pipe: what may lie there, and how the FIFO gets there.
///
/// The FIFO is created under a random name, gets its exact mode whatever the umask is, and only
/// then its final name: it is never seen with another mode or without its reader.
struct PipePlace {
  let path: FilePath

  /// Anyone may poke, only we read.
  static let mode: mode_t = 0o622

  /// A FIFO open for reading only, and what the kernel says of it.
  struct Opened {
    let descriptor: OwnedDescriptor
    let status: FileStatus

    /// Whether this is the served FIFO still, in the hands of the same owner.
    func isSame(as other: FileStatus) -> Bool {
      other.kind == .fifo && other.device == status.device && other.inode == status.inode
        && other.owner == status.owner
    }
  }

  var directory: FilePath { path.parent }
}

// MARK: - Opening

extension PipePlace {
  /// Opens the FIFO, creating it and its directory if they are missing.
  ///
  /// - Throws: `TriggerPipeError` when something else lies there, or the place is not safe.
  func open() throws(TriggerPipeError) -> Opened {
    guard path.lastComponent != nil else { throw .noName(path) }
    do {
      try makeDirectory(directory)
      let directory = try FileStatus.of(directory)
      if let mode = directory?.mode, mode & 0o1002 == 0o002 {
        throw TriggerPipeError.openDirectory(path, mode: mode)
      }
      // What lies there can change between the look and the act: then look again.
      for _ in 0..<5 {
        if let opened = try openOnce(in: directory) { return opened }
      }
      throw SystemError("open", path, .resourceTemporarilyUnavailable)
    } catch let error as TriggerPipeError {
      throw error
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      throw .system(SystemError("open", path, .ioError))
    }
  }

  /// Opens the served FIFO once more, for the next poke.
  ///
  /// - Returns: The FIFO; nil when the path no longer leads to it.
  func reopen(_ served: Opened) -> Opened? {
    guard let next = try? openFIFO(path), served.isSame(as: next.status) else { return nil }
    return next
  }

  /// Whether the path leads to the served FIFO, and with which status; nil when it does not.
  func status(ifStill served: Opened) -> FileStatus? {
    guard let status = try? FileStatus.of(path, followingLinks: false),
      served.isSame(as: status)
    else { return nil }
    return status
  }

  private func openOnce(in directory: FileStatus?) throws -> Opened? {
    guard let status = try FileStatus.of(path, followingLinks: false) else {
      return try create { temporary throws(SystemError) in
        try FileOperations.link(temporary, as: path)
      }
    }
    if status.kind == .fifo, Self.isTrusted(status.owner) {
      let opened = try openFIFO(path)
      return opened.isSame(as: status) ? opened : nil
    }
    guard Self.isLeftByPoke(status, in: directory) else {
      throw TriggerPipeError.occupied(path, by: Self.words(for: status))
    }
    return try create { temporary throws(SystemError) in
      try FileOperations.rename(temporary, to: path)
    }
  }

  /// Opens without waiting for a writer and without following a link.
  private func openFIFO(_ path: FilePath) throws(SystemError) -> Opened {
    let descriptor = try OwnedDescriptor(
      opening: path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
    return Opened(
      descriptor: descriptor, status: try FileStatus.of(descriptor, subject: path.visible))
  }
}

// MARK: - Creating

extension PipePlace {
  /// Makes the directory and those above it, each with mode 0755 despite the umask.
  private func makeDirectory(_ directory: FilePath) throws(SystemError) {
    guard try FileStatus.of(directory) == nil else { return }
    let parent = directory.removingLastComponent()
    if !parent.isEmpty { try makeDirectory(parent) }
    try check("mkdir", directory.visible) {
      unsafe directory.withPlatformString { unsafe mkdir($0, 0o755) }
    }
    let made = try OwnedDescriptor(
      opening: directory, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    guard try FileStatus.of(made).owner == geteuid() else {
      throw SystemError("mkdir", directory, .fileExists)
    }
    try check("chmod", directory.visible) { fchmod(made.raw, 0o755) }
  }

  /// Makes a FIFO under a random name and lets `place` give it the final one.
  ///
  /// - Returns: The FIFO; nil when the final name was taken meanwhile.
  private func create(_ place: (FilePath) throws(SystemError) -> Void) throws(SystemError)
    -> Opened?
  {
    let temporary = path.temporarySibling
    try check("make FIFO", path.visible) {
      unsafe temporary.withPlatformString { unsafe mkfifo($0, 0o600) }
    }
    defer { try? FileOperations.remove(temporary) }
    let made = try openFIFO(temporary)
    try check("chmod", path.visible) { fchmod(made.descriptor.raw, Self.mode) }
    do {
      try place(temporary)
    } catch {
      if error.errno == .fileExists { return nil }
      throw error
    }
    return Opened(descriptor: made.descriptor, status: try FileStatus.of(made.descriptor))
  }
}

// MARK: - Judging

extension PipePlace {
  /// What the administrator should know of a pipe that is served all the same.
  func warnings(for opened: Opened) -> [String] {
    var warnings: [String] = []
    if opened.status.mode & 0o044 != 0 {
      warnings.append("others may read it and so take pokes away: chmod 622 is enough")
    }
    guard let status = try? FileStatus.of(directory) else { return warnings }
    if status.mode & 0o002 != 0 {
      warnings.append(
        "in \(directory.visible) anybody may take its name while the service is down, and "
          + "fs.protected_fifos may refuse writers: a directory of its own is better")
    }
    if !Self.isTrusted(status.owner) {
      warnings.append(
        "\(directory.visible) belongs to uid \(status.owner), who can replace the pipe")
    }
    return warnings.map { "warning: trigger pipe \(path.visible): \($0)" }
  }

  static func isTrusted(_ owner: UInt32) -> Bool { owner == 0 || owner == geteuid() }

  /// Whether this is what a poke leaves where the pipe was missing: a plain file, empty from `touch`
  /// and with an empty line from `echo`, in a directory where nobody else can have put it.
  static func isLeftByPoke(_ status: FileStatus, in directory: FileStatus?) -> Bool {
    guard let directory, status.kind == .regular, status.size <= 1 else { return false }
    return isTrusted(directory.owner) && directory.mode & 0o022 == 0
  }

  private static func words(for status: FileStatus) -> String {
    let kind =
      switch status.kind {
      case .regular: "a plain file of \(status.size) bytes"
      case .directory: "a directory"
      case .link: "a symbolic link"
      case .fifo: "a FIFO"
      case .other: "a device or socket"
      }
    return "\(kind) of uid \(status.owner)"
  }
}
