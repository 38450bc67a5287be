internal import Glibc
package import SystemPackage
internal import SystemSupport

/// A real svscan over a directory of services, for one test.
///
/// Add services, then `start`. All that runs here dies with `stop`, with this object, or with the
/// test process, however that ends: a guardian in svscan's process group kills the group when the
/// pipe from us closes.
///
/// ```
/// let sandbox = try ServiceSandbox()
/// let send = try sandbox.add("send", run: "exec sleep 1000", log: ["t", "s4096", "./main"])
/// try sandbox.start()
/// let pid = try sandbox.waitUntilUp(send)
/// ```
package final class ServiceSandbox {
  /// The directory that svscan looks over.
  package let directory: FilePath
  private let lifeline: FilePath
  private let loop = EventLoop()
  private var writer: OwnedDescriptor?
  private var svscan: ChildProcess?

  /// Makes an empty `service` directory in the scratch directory of the test.
  package init(in parent: FilePath = Scratch.directory) throws {
    directory = parent.appending("service")
    lifeline = parent.appending("service.lifeline")
    try FileOperations.makeDirectory(directory)
  }

  deinit { stop() }

  /// Starts svscan; it starts every service that was added.
  ///
  /// A service that is added later is found by svscan within its 5 seconds.
  package func start() throws {
    try check("mkfifo") { unsafe lifeline.withPlatformString { unsafe mkfifo($0, 0o600) } }
    // Read and write, so that opening does not wait for the guardian.
    writer = try OwnedDescriptor(opening: lifeline, flags: O_RDWR)
    let script = """
      (cat "$1" >/dev/null; kill -KILL 0) >/dev/null 2>&1 &
      exec svscan "$0"
      """
    svscan = try loop.run(
      Command(["sh", "-c", script, directory.string, lifeline.string]), timeout: .seconds(3600)
    ) { [loop] _ in loop.stop() }
  }

  /// Kills everything that runs in the sandbox and waits until it is gone.
  package func stop() {
    guard let svscan else { return }
    self.svscan = nil
    // The last writer: the guardian reads the end of the pipe.
    writer = nil
    let deadline = loop.schedule(after: .seconds(5)) { kill(-svscan.pid, SIGKILL) }
    try? loop.run()
    loop.cancel(deadline)
    for _ in 0..<2000 where isGroupAlive(svscan.pid) { usleep(1000) }
  }

  /// Whether a process of the group still runs; one that nobody has reaped yet does not.
  private func isGroupAlive(_ group: Int32) -> Bool {
    guard kill(-group, 0) == 0 else { return false }
    let processes = (try? FileReading.names(in: "/proc")) ?? []
    return processes.contains { name in
      guard Int32(name.string) != nil,
        let status = try? FileReading.contents(of: FilePath("/proc/\(name.string)/stat"))
      else { return false }
      // After the name in parentheses: state, parent, group.
      let words = String(decoding: status, as: UTF8.self).split(separator: ")").last?
        .split(separator: " ")
      return words.map { $0.count > 2 && $0[0] != "Z" && $0[2] == "\(group)" } ?? false
    }
  }
}

// MARK: - Services

extension ServiceSandbox {
  /// Adds a service.
  ///
  /// - Parameters:
  ///   - name: The name of its directory.
  ///   - run: The shell script `run`, without its first line; nil leaves the file out.
  ///   - log: multilog's words for a log service beside it, such as `["t", "s4096", "./main"]`; nil
  ///     for none.
  ///   - isNormallyUp: False adds the file `down`.
  /// - Returns: The service directory.
  /// - Throws: `SystemError` when the files cannot be made.
  @discardableResult
  package func add(
    _ name: String, run: String?, log: [String]? = nil, isNormallyUp: Bool = true
  ) throws -> FilePath {
    let service = directory.appending(name)
    // svscan must see the service whole: it is made beside it and moved in.
    let hidden = directory.appending("." + name)
    if let run { try hidden.appending("run").write("#!/bin/sh\n\(run)\n", mode: 0o755) }
    if !isNormallyUp { try hidden.appending("down").write("") }
    try FileOperations.makeDirectory(hidden)
    if let log {
      let words = log.map { "'\($0)'" }.joined(separator: " ")
      try hidden.appending("log/run").write("#!/bin/sh\nexec multilog \(words)\n", mode: 0o755)
      // svscan starts a service's log only if the directory is sticky.
      _ = unsafe hidden.withPlatformString { unsafe chmod($0, 0o1755) }
    }
    try FileOperations.rename(hidden, to: service)
    return service
  }

  /// Sends `svc -WORD`, such as `sandbox.control("d", service)`.
  package func control(_ letters: String, _ service: FilePath) throws {
    try Tools.run(["svc", "-" + letters, service.string])
  }

  /// svstat's words for a service, without its name.
  package func svstat(_ service: FilePath) throws -> String {
    let line = try Tools.run(["svstat", service.string]).text
    return String(line.dropFirst(service.string.count + 2))
  }

  /// Waits until svstat's words for a service satisfy a test, at most 30 seconds.
  ///
  /// - Returns: The words.
  @discardableResult
  package func wait(_ service: FilePath, until isDone: (String) -> Bool) throws -> String {
    let deadline = Instant.now + .seconds(30)
    while true {
      let words = try svstat(service)
      if isDone(words) { return words }
      guard Instant.now < deadline else { throw SystemError("wait for", words, .timedOut) }
      usleep(10_000)
    }
  }

  /// Waits until a service is up.
  ///
  /// - Returns: Its pid.
  @discardableResult
  package func waitUntilUp(_ service: FilePath) throws -> Int32 {
    let words = try wait(service) { $0.hasPrefix("up (pid ") }
    guard let pid = Int32(words.dropFirst(8).prefix { $0 != ")" }) else {
      throw SystemError("read the pid in", words, .invalidArgument)
    }
    return pid
  }
}
