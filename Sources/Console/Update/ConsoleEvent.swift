package import Supervision
package import SystemSupport

/// Something that happened, to the console or to the world.
package enum ConsoleEvent: Sendable {
  case key(Key)
  case resized(ScreenSize)
  /// Time has passed.
  case time(Timestamp)
  case facts(Facts)
  case log(ServiceName, [LogEntry])
  /// There is no log to read, and why.
  case logUnavailable(ServiceName, String)
  /// Lines of the log before a known one, oldest first; nil when there are none.
  case olderLog(ServiceName, before: LogPosition, [LogEntry]?)
  /// Lines after a known one; whether they are all that there are.
  case newerLog(ServiceName, after: LogPosition, [LogEntry], isEnd: Bool)
  /// How the search in the log stands.
  case logSearched(ServiceName, LogFinding)
  /// Work of this console began, or nothing goes on any more.
  case activity(Activity?)
  case message(Message)
  case previewed(Preview)
  case records(RecordPage)
  case explained(Explanation)
  /// What the process of a service is doing for somebody now.
  case counted(ServiceName, pid: Int32, ServiceWork)
}

/// Something to do outside, which an update asks for.
package enum Effect: Equatable, Sendable {
  /// Look at everything again.
  case survey
  /// A pass of this console, with rules forced by name.
  case run(forced: [String])
  /// Ask the pass that goes on to stop.
  case stopRun
  /// Poke the pipe.
  case poke
  case tell(ServiceName, ServiceTask)
  /// Count what the process of a service is doing for somebody.
  case countWork(ServiceName, pid: Int32)
  case rollBack(rule: String)
  case preview(rule: String, isVerification: Bool)
  case records(rule: String, matching: String)
  case explain(address: String)
  /// Follow a log from its end on.
  case followLog(ServiceName)
  case pauseLog
  case olderLog(ServiceName, before: LogPosition)
  case newerLog(ServiceName, after: LogPosition)
  /// Look for something in the lines before or after a known one.
  case searchLog(ServiceName, LogTarget, from: LogPosition, isUpward: Bool)
  case endLogSearch
  /// Write the screen to a new file.
  case save(path: String)
  case repaint
  case quit
}

/// What a service can be told by this console.
package enum ServiceTask: String, Sendable {
  case hup, restart, start, stop, pause, resume

  /// svc's letters for it.
  package var verbs: [ServiceVerb] {
    switch self {
    case .hup: [.hup]
    case .restart: [.terminate]
    case .start: [.up]
    case .stop: [.down]
    case .pause: [.pause]
    case .resume: [.continue]
    }
  }

  /// The exact command, safe to show.
  package func command(_ service: ServiceName) -> String {
    ServiceControl.command(verbs, to: service.directory).typed
  }
}
