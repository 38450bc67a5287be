package import SystemPackage
package import SystemSupport

/// What svc can tell a supervise.
package enum ServiceVerb: String, CaseIterable, Sendable {
  /// Start, and start again whenever it ends.
  case up = "u"
  /// Stop with TERM and CONT, and do not start again.
  case down = "d"
  /// Start, and do not start again when it ends.
  case once = "o"
  case pause = "p"
  case `continue` = "c"
  case hup = "h"
  case alarm = "a"
  case interrupt = "i"
  case terminate = "t"
  case kill = "k"
  /// End supervise itself as soon as the service is down.
  case exit = "x"
}

/// Sends commands to services through svc.
///
/// Delivered means that supervise will read the command: it does so one by one, and up to a second
/// later. Whether the service obeyed is another question: see `ServiceWait`.
package enum ServiceControl {
  /// What became of a command.
  package enum Outcome: Equatable, Sendable {
    case delivered
    /// svc's own warning, or why svc did not run; safe to show.
    case notDelivered(reason: String)
  }

  /// svc itself never waits; one that does is stuck on a dead disk.
  private static let timeout = Duration.seconds(10)

  /// The command that is run, as a person would type it: to show before asking.
  package static func command(
    _ verbs: [ServiceVerb], to serviceDirectory: FilePath, program: String = "svc"
  ) -> Command {
    // A relative name may begin with a dash.
    let name = serviceDirectory.isAbsolute ? serviceDirectory.string : "./\(serviceDirectory)"
    var command = Command([program, "-" + verbs.map(\.rawValue).joined(), name])
    // vpopmail sends HUP to whatever has qmail-send in its words; svc needs none itself.
    command.isDeafToHangup = true
    return command
  }

  /// Runs `svc -VERBS DIRECTORY` beside the loop.
  ///
  /// - Parameters:
  ///   - verbs: What to tell, in this order; each at most once.
  ///   - serviceDirectory: Whom to tell.
  ///   - loop: Where the completion is called.
  ///   - program: svc, looked up in `PATH`.
  ///   - completion: Gets the outcome, once, never before this call returns.
  package static func send(
    _ verbs: [ServiceVerb], to serviceDirectory: FilePath, on loop: EventLoop,
    program: String = "svc", _ completion: @escaping (Outcome) -> Void
  ) {
    do {
      try loop.run(
        command(verbs, to: serviceDirectory, program: program), timeout: timeout
      ) { completion(outcome(of: $0)) }
    } catch let error {
      loop.schedule(after: .zero) { completion(.notDelivered(reason: "\(error)")) }
    }
  }

  /// svc exits 0 whatever happens: only its silence means success.
  private static func outcome(of child: ChildProcess.Outcome) -> Outcome {
    if child.isTimedOut {
      return .notDelivered(reason: "unable to run svc: no end after \(timeout.seconds) seconds")
    }
    let lines = child.output.lines
    if child.isSuccess, lines.isEmpty { return .delivered }
    let reason =
      lines.isEmpty ? "unable to run svc: \(child.ending)" : lines.joined(separator: "; ")
    return .notDelivered(reason: reason.removingPrefix("svc: warning: "))
  }
}

extension String {
  fileprivate func removingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
