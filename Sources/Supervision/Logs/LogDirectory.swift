package import SystemPackage
internal import SystemSupport

/// Finds where the log of a service is written.
package enum LogDirectory {
  /// The directory that a service's multilog writes to.
  ///
  /// The running log service tells: its process is multilog, with the directory among its words.
  /// When none runs, or it is something else, the customary `log/main` is taken if it is there.
  ///
  /// - Parameters:
  ///   - serviceDirectory: The service; its log service is `log` in it.
  ///   - configured: A directory that the administrator names; it goes before all else.
  /// - Returns: The log directory; nil when the service has none that can be found.
  package static func find(
    for serviceDirectory: FilePath, configured: FilePath? = nil
  ) -> FilePath? {
    if let configured { return configured }
    let service = serviceDirectory.appending("log")
    if let pid = ServiceStatus.read(serviceDirectory: service).pid,
      let found = find(process: pid, startedIn: service)
    {
      return found
    }
    let main = service.appending("main")
    return (try? FileStatus.of(main))?.kind == .directory ? main : nil
  }

  /// The first directory of a multilog process; nil when it is no multilog.
  ///
  /// A relative word counts from where multilog started, and its working directory does not tell
  /// that: it goes into its log directories. But it keeps each `current` open, the first one under
  /// the lowest number.
  static func find(process pid: Int32, startedIn directory: FilePath) -> FilePath? {
    let process = FilePath("/proc/\(pid)")
    guard let bytes = try? FileReading.contents(of: process.appending("cmdline"), limit: 1 << 20),
      let word = directoryWord(bytes)
    else { return nil }
    guard word.isRelative else { return word }
    return openDirectory(process) ?? directory.pushing(word).lexicallyNormalized()
  }

  /// The directory of the first `current` that a process has open.
  private static func openDirectory(_ process: FilePath) -> FilePath? {
    let descriptors = process.appending("fd")
    let numbers = (try? FileReading.names(in: descriptors))?.compactMap { Int($0.string) } ?? []
    for number in numbers.sorted() {
      let file = try? FileReading.target(of: descriptors.appending("\(number)"))
      if let file, file.isAbsolute, file.lastComponent?.string == "current" {
        return file.removingLastComponent()
      }
    }
    return nil
  }

  /// The first word after multilog's name that begins with `.` or `/`: a directory (multilog.c).
  static func directoryWord(_ commandLine: [UInt8]) -> FilePath? {
    let words = commandLine.split(separator: 0, omittingEmptySubsequences: false)
      .map { FilePath(String(decoding: $0, as: UTF8.self)) }
    guard words.first?.lastComponent?.string == "multilog" else { return nil }
    return words.dropFirst().first { $0.string.hasPrefix(".") || $0.string.hasPrefix("/") }
  }
}
