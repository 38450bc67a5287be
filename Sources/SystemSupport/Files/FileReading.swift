internal import Glibc
package import SystemPackage

/// Reading whole files and directories.
package enum FileReading {
  /// The contents of a regular file.
  ///
  /// The file is opened without blocking and must turn out to be regular, so that a FIFO or a
  /// device in its place is an error and never a hang.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes that are accepted.
  ///   - followingLinks: Whether the last component may be a symbolic link.
  /// - Returns: All the bytes.
  /// - Throws: `SystemError`; a file over the limit is `EFBIG`, one that is not regular `EINVAL`.
  package static func contents(
    of path: FilePath, limit: Int = 1 << 32, followingLinks: Bool = true
  ) throws(SystemError) -> [UInt8] {
    let file = try open(path, followingLinks: followingLinks)
    return try contents(of: file, subject: path.visible, limit: limit)
  }

  /// Opens a file for reading; a FIFO or a device in its place cannot hold us up.
  ///
  /// - Throws: `SystemError` when the file cannot be opened.
  package static func open(
    _ path: FilePath, followingLinks: Bool = true
  ) throws(SystemError) -> OwnedDescriptor {
    try OwnedDescriptor(
      opening: path, flags: O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
  }

  /// Opens a directory for reading its names, or as the start of relative paths.
  ///
  /// - Throws: `SystemError` when it is none or cannot be opened.
  package static func openDirectory(_ path: FilePath) throws(SystemError) -> OwnedDescriptor {
    do {
      return try OwnedDescriptor(opening: path, flags: O_RDONLY | O_DIRECTORY)
    } catch {
      throw SystemError("read directory", path, error.errno)
    }
  }

  /// The path of the file that a path leads to, with every symbolic link followed.
  ///
  /// - Throws: `SystemError` when it leads nowhere.
  package static func resolved(_ path: FilePath) throws(SystemError) -> FilePath {
    let found: FilePath? = unsafe path.withPlatformString { name in
      guard let real = unsafe realpath(name, nil) else { return nil }
      defer { unsafe free(real) }
      return unsafe FilePath(platformString: real)
    }
    guard let found else { throw SystemError("resolve", path, .latest) }
    return found
  }

  /// What a symbolic link says, wherever that leads.
  ///
  /// - Throws: `SystemError` when it is none or may not be read.
  package static func target(of link: FilePath) throws(SystemError) -> FilePath {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    try check("read link", link.visible) {
      unsafe link.withPlatformString { unsafe readlink($0, &buffer, buffer.count - 1) }
    }
    return FilePath(platformString: buffer)
  }

  /// The contents of a file, or nil when nothing is there.
  ///
  /// - Throws: `SystemError` when the file is there but cannot be read.
  package static func contentsIfPresent(
    of path: FilePath, limit: Int = 1 << 32
  ) throws(SystemError) -> [UInt8]? {
    do {
      return try contents(of: path, limit: limit)
    } catch {
      if error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory { return nil }
      throw error
    }
  }

  /// The contents of an open regular file, from its start.
  ///
  /// - Throws: `SystemError`; a file over the limit is `EFBIG`, one that is not regular `EINVAL`.
  package static func contents(
    of file: OwnedDescriptor, subject: @autoclosure () -> String, limit: Int = 1 << 32
  ) throws(SystemError) -> [UInt8] {
    let status = try FileStatus.of(file, subject: subject())
    guard status.kind == .regular else { throw SystemError("read", subject(), .invalidArgument) }
    guard status.size <= limit else { throw SystemError("read", subject(), .fileTooLarge) }
    var bytes = try file.read(upTo: Int(status.size) + 1, at: 0, subject: subject())
    var step = 1 << 16
    while bytes.count > Int(status.size) {
      // The file grew while it was read: go on to its new end.
      guard bytes.count <= limit else { throw SystemError("read", subject(), .fileTooLarge) }
      let more = try file.read(upTo: step, at: Int64(bytes.count), subject: subject())
      if more.isEmpty { break }
      bytes += more
      step *= 2
    }
    return bytes
  }

  /// The names in a directory, without `.` and `..`, in the order of their bytes.
  ///
  /// - Throws: `SystemError` when the directory cannot be read.
  package static func names(in directory: FilePath) throws(SystemError) -> [FilePath.Component] {
    var names: [FilePath.Component] = []
    try unsafe openDirectory(directory).forEachName(subject: directory) { name in
      let component = unsafe FilePath(platformString: name).components.last
      if let component, component.kind == .regular { names.append(component) }
    }
    // The bytes of each name are taken once, not once a comparison.
    return names.map { (bytes: $0.bytes, name: $0) }
      .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
      .map(\.name)
  }
}

extension FilePath.Component {
  /// The bytes of the name.
  package var bytes: [UInt8] {
    unsafe withPlatformString { pointer in
      unsafe [UInt8](UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
    }
  }
}
