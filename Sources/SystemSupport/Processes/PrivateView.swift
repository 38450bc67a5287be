internal import CLinux
internal import Glibc
package import SystemPackage

/// The file system as one program is to see it: with another directory in the place of one, and
/// all else read-only.
///
/// It needs a mount namespace of its own, which only root gets (mount_namespaces(7)). Devices, FIFOs
/// and sockets are written to as ever.
package struct PrivateView: Sendable {
  private let shown: FilePath
  private let place: FilePath

  /// - Parameters:
  ///   - shown: The directory that is seen, and may be written to.
  ///   - place: Where it is seen; what is there is hidden.
  package init(showing shown: FilePath, as place: FilePath) {
    self.shown = shown
    self.place = place
  }

  /// Gives the calling process the view; it must have one thread.
  ///
  /// - Throws: `SystemError` when the kernel refuses: the process must then end.
  fileprivate func enter() throws(SystemError) {
    try check("make a private view of", place.visible) {
      unsafe shown.withPlatformString { shown in
        unsafe place.withPlatformString { unsafe linux_enter_view(shown, $0) }
      }
    }
  }
}

extension EventLoop {
  /// Starts a program that sees the file system in another way; it dies when we do.
  ///
  /// - Parameters:
  ///   - command: What to run.
  ///   - view: What it sees.
  ///   - timeout: After this the program is stopped.
  ///   - completion: Gets the outcome, once.
  /// - Returns: The running child.
  /// - Throws: `SystemError` when no child can be made; no completion is called then. What fails
  ///   later is in the outcome, with exit code 111.
  package func run(
    _ command: Command, seeing view: PrivateView, timeout: Duration,
    _ completion: @escaping (ChildProcess.Outcome) -> Void
  ) throws(SystemError) -> ChildProcess {
    let become: () throws -> [UInt8] = {
      if let path = command.standardInput {
        let input = try OwnedDescriptor(opening: path, flags: O_RDONLY)
        dup2(input.raw, 0)
      }
      try view.enter()
      throw Self.becoming(command)
    }
    return try fork(timeout: timeout, become, completion)
  }

  /// Replaces this process by a program.
  ///
  /// - Returns: Why that cannot be done.
  private static func becoming(_ command: Command) -> SystemError {
    for (name, value) in command.environment { unsafe setenv(name, value, 1) }
    var words = unsafe command.arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    if let program = unsafe words.first ?? nil { unsafe execvp(program, words) }
    return SystemError("run", VisibleText.escape(command.arguments.first ?? ""), .latest)
  }
}
