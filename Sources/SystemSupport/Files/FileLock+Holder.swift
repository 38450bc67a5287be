extension FileLock {
  /// Who holds a lock.
  package struct Holder: Equatable, Sendable, CustomStringConvertible {
    package let pid: Int32
    /// The name of the program, or of whoever is behind it, safe to show.
    package let program: String
    /// Since when it is held; nil when the holder does not tell.
    package let since: Timestamp?
    /// When the process started, which says more than nothing where `since` is not known.
    package let processStarted: Timestamp?

    package init(
      pid: Int32, program: String, since: Timestamp?, processStarted: Timestamp? = nil
    ) {
      self.pid = pid
      self.program = program
      self.since = since
      self.processStarted = processStarted
    }

    /// A holder that neither tells nor can be seen.
    package static let unknown = Holder(pid: 0, program: "somebody", since: nil)

    package var description: String { words(at: .now) }

    /// Who it is and since when, as it is said at a moment.
    package func words(at now: Timestamp, zone: Timestamp.Zone = .local) -> String {
      if pid == 0 { return program }
      let name = "\(program) (pid \(pid))"
      if let since { return "\(name), since \(since.brief(relativeTo: now, zone: zone))" }
      guard let processStarted else { return name }
      let started = processStarted.brief(relativeTo: now, zone: zone)
      return "\(name), a process started \(started)"
    }
  }

  /// Who holds the lock: as the holder itself tells, or else as the kernel does; nil when neither
  /// tells.
  package var holder: Holder? { toldHolder ?? seenHolder }

  /// Who holds the lock, as its holder has written into the file; nil when it does not say.
  var toldHolder: Holder? {
    guard let bytes = try? descriptor.read(upTo: 512, at: 0) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count >= 3, let pid = Int32(words[0]), let last = words.last,
      let nanoseconds = Int64(last)
    else { return nil }
    let since = Timestamp(nanoseconds: nanoseconds)
    // A process that was killed leaves its note to whoever takes the lock next.
    guard let process = RunningProcess(pid), process.started <= since + .seconds(1) else {
      return nil
    }
    let program = words[1..<(words.count - 1)].joined(separator: " ")
    return Holder(pid: pid, program: VisibleText.escape(program), since: since)
  }

  /// Who holds the lock by the kernel's list, such as a program that was started by setlock(8).
  private var seenHolder: Holder? {
    guard let file = try? FileStatus.of(descriptor), let process = KernelLocks.holder(of: file)
    else { return nil }
    return Holder(
      pid: process.pid, program: process.program, since: nil, processStarted: process.started)
  }
}
