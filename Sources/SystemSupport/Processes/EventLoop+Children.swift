internal import CLinux
internal import Glibc
internal import SystemPackage

extension EventLoop {
  /// Starts a program; the completion is called on the loop when it has ended.
  ///
  /// Standard output and error come together, bounded, in the outcome.
  ///
  /// - Parameters:
  ///   - command: What to run.
  ///   - timeout: After this the program is stopped.
  ///   - lock: A lock that the program keeps as well, as its descriptor 3: should we be killed, it
  ///     stays held until the program has ended. Given back by us, it is free in any case.
  ///   - outputLimit: The most bytes of output that are kept.
  ///   - report: Gets what the program reports of how far it is, on the descriptor that
  ///     `Progress.variable` names to it; nil when nobody wants to know.
  ///   - completion: Gets the outcome, once.
  /// - Returns: The running child.
  /// - Throws: `SystemError` when the program cannot be started; no completion is called then.
  @discardableResult
  package func run(
    _ command: Command, timeout: Duration, sharing lock: FileLock? = nil,
    outputLimit: Int = 1 << 14, reporting report: ((Progress) -> Void)? = nil,
    _ completion: @escaping (ChildProcess.Outcome) -> Void
  ) throws(SystemError) -> ChildProcess {
    let pipe = try ChildPipe()
    var progress: ProgressPipe?
    if let report { progress = ProgressPipe(try ChildPipe(), on: self, report) }
    let input = try input(of: command)
    let pid = try spawn(
      command, input: input, output: pipe.writer, keeping: lock?.descriptor.raw,
      progress: progress?.childEnd)
    let child = try ChildProcess(
      pid: pid, output: pipe.reader, on: self, timeout: timeout, outputLimit: outputLimit
    ) { outcome in
      progress?.end()
      completion(outcome)
    }
    progress?.begin()
    return child
  }

  /// Runs a closure in a forked child; the completion gets what it returned, or its error's text.
  ///
  /// For long computations, so that the loop never waits for them. The program must have one
  /// thread. The child shares nothing with the parent afterwards; it dies when the parent dies,
  /// and a HUP is for the parent to answer.
  ///
  /// - Parameters:
  ///   - timeout: After this the child is stopped.
  ///   - kept: A descriptor that the child keeps, as its descriptor 3.
  ///   - resultLimit: The most bytes that the result may have.
  ///   - work: What to do; the bytes that it returns are the result.
  ///   - completion: Gets the outcome, once; its output is the result, or the error's text when the
  ///     exit code is 111.
  /// - Returns: The running child.
  /// - Throws: `SystemError` when no child can be made; no completion is called then.
  @discardableResult
  package func fork(
    timeout: Duration, keeping kept: CInt? = nil, resultLimit: Int = 1 << 24,
    _ work: () throws -> [UInt8], _ completion: @escaping (ChildProcess.Outcome) -> Void
  ) throws(SystemError) -> ChildProcess {
    let pipe = try ChildPipe()
    let parent = getpid()
    let pid = try check("fork") { linux_fork() }
    if pid == 0 { Self.becomeWorker(output: pipe.writer.raw, keeping: kept, of: parent, work) }
    setpgid(pid, pid)
    return try ChildProcess(
      pid: pid, output: pipe.reader, on: self, timeout: timeout, outputLimit: resultLimit,
      completion)
  }

  private static func becomeWorker(
    output: CInt, keeping kept: CInt?, of parent: pid_t, _ work: () throws -> [UInt8]
  ) -> Never {
    linux_die_with_parent()
    if getppid() != parent { _exit(111) }
    setpgid(0, 0)
    linux_reset_signals()
    // A worker has its parent's name, and a stranger's HUP by name means neither of them.
    Signals.ignore(.hangup)
    let null = unsafe open("/dev/null", O_RDONLY)
    dup2(null, 0)
    dup2(output, 1)
    dup2(output, 2)
    if let kept { dup2(kept, 3) }
    linux_close_from(kept == nil ? 3 : 4)
    let (bytes, code): ([UInt8], CInt)
    do {
      (bytes, code) = (try work(), 0)
    } catch {
      (bytes, code) = (Array("\(error)".utf8), 111)
    }
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(1, $0.baseAddress?.advanced(by: done), $0.count - done)
      }
      if count <= 0 { _exit(111) }
      done += count
    }
    _exit(code)
  }

  private func input(of command: Command) throws(SystemError) -> OwnedDescriptor {
    if let path = command.standardInput {
      return try OwnedDescriptor(opening: path, flags: O_RDONLY)
    }
    if let nullInput { return nullInput }
    let null = try OwnedDescriptor(opening: "/dev/null", flags: O_RDONLY)
    nullInput = null
    return null
  }

  private func spawn(
    _ command: Command, input: OwnedDescriptor, output: OwnedDescriptor, keeping kept: CInt?,
    progress: CInt?
  ) throws(SystemError) -> pid_t {
    guard let program = command.arguments.first else {
      throw SystemError("run", "an empty command", .invalidArgument)
    }
    var variables = command.environment.map { "\($0.key)=\($0.value)" }
    if progress != nil { variables.append(Progress.variable + (kept == nil ? "=3" : "=4")) }
    let inherited = unsafe Self.inheritedEnvironment(without: command.environment.keys)
    let (pid, reason) = unsafe withCStringArray(command.arguments) { words in
      unsafe withCStringArray(variables, after: inherited) { environment in
        unsafe program.withCString { name in
          var wanted = unsafe linux_program(
            name: name, words: words, variables: environment, input: input.raw,
            output: output.raw, kept: (kept ?? -1, progress ?? -1),
            blocked: command.isDeafToHangup ? SIGHUP : 0)
          var ignored = Signals.ignored
          let pid = unsafe linux_start(&wanted, &ignored)
          return (pid, Errno.latest)
        }
      }
    }
    guard pid != -1 else { throw SystemError("run", VisibleText.escape(program), reason) }
    return pid
  }

  /// The words of our environment that a child gets as they are: not those of variables that are
  /// set for it, nor the descriptor that we ourselves report to.
  private static func inheritedEnvironment(
    without variables: some Sequence<String>
  ) -> [UnsafeMutablePointer<CChar>?] {
    let prefixes = variables.map { $0 + "=" } + [Progress.variable + "="]
    var words: [UnsafeMutablePointer<CChar>?] = unsafe []
    var position = unsafe linux_environment()
    while let word = unsafe position?.pointee {
      let isReplaced = prefixes.contains { prefix in
        unsafe prefix.withCString { unsafe strncmp(word, $0, prefix.utf8.count) == 0 }
      }
      if !isReplaced { unsafe words.append(word) }
      unsafe position = position?.successor()
    }
    return unsafe words
  }
}

/// Calls a body with the words, after some that are C strings already, as C's NULL-terminated array
/// of strings.
private func withCStringArray<Result>(
  _ words: [String], after others: [UnsafeMutablePointer<CChar>?] = unsafe [],
  _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var all = unsafe others
  for word in words { unsafe all.append(word.withCString { unsafe strdup($0) }) }
  defer { unsafe all[others.count...].forEach { unsafe free($0) } }
  unsafe all.append(nil)
  return unsafe all.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("the array holds a NULL") }
    return unsafe body(start)
  }
}
