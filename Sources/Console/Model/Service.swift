package import Supervision
package import SystemPackage
package import SystemSupport

/// A service by its directory: the identity that actions go by.
package struct ServiceName: Hashable, Sendable {
  package let directory: FilePath

  package init(_ directory: FilePath) { self.directory = directory }

  /// The name of its directory, safe to show.
  package var shown: String {
    VisibleText.escape(directory.lastComponent?.string ?? directory.string)
  }
}

/// One service with all that is known of it now.
package struct Service: Equatable, Sendable {
  /// What is known of the log service beside it.
  package enum Log: Equatable, Sendable {
    case none
    case up
    case down
    /// It cannot be told.
    case unknown(String)
  }

  package let name: ServiceName
  package var status: ServiceStatus
  package var log: Log
  /// Where its log is written; nil when that cannot be found out.
  package var logDirectory: FilePath?
  /// When its log was last written to.
  package var lastLogged: Timestamp?
  /// How busy its log was lately; nil when that cannot be told.
  package var logRate: LogRate?
  /// How many processes in a row have died within a second or two of their start.
  package var quickDeaths: Int
  /// The process that was seen last; it may have ended.
  private var lastProcess: Process?

  private struct Process: Equatable {
    let pid: Int32
    let since: Timestamp?

    init?(_ status: ServiceStatus) {
      guard let pid = status.pid else { return nil }
      (self.pid, since) = (pid, status.since)
    }
  }

  package init(
    _ name: ServiceName, status: ServiceStatus, log: Log = .none, logDirectory: FilePath? = nil,
    lastLogged: Timestamp? = nil, logRate: LogRate? = nil, quickDeaths: Int = 0
  ) {
    self.name = name
    self.status = status
    self.log = log
    self.logDirectory = logDirectory
    self.lastLogged = lastLogged
    self.logRate = logRate
    self.quickDeaths = quickDeaths
    lastProcess = Process(status)
  }

  /// Whether it dies again and again right after its start, which svstat alone never shows.
  package var isCrashLooping: Bool { quickDeaths >= 2 }

  /// Takes over a newer status, and counts the processes that died young.
  ///
  /// Between two processes supervise tells for a moment that there is none, which may be seen or not.
  package mutating func update(_ new: ServiceStatus) {
    if let process = Process(new) {
      if let last = lastProcess, last.pid != process.pid {
        let lived = process.since.flatMap { end in last.since.map { end - $0 } }
        let isQuick = lived.map { $0 < .seconds(3) } ?? false
        quickDeaths = isQuick ? quickDeaths + 1 : 0
      }
      lastProcess = process
    }
    status = new
  }

  /// Forgives the deaths of a process that has stayed up for a while.
  package mutating func settle(at now: Timestamp) {
    if let since = status.since, status.pid != nil, now - since > .seconds(10) { quickDeaths = 0 }
  }
}

extension Service {
  /// The state as it is shown.
  package var shownState: ServiceState {
    switch status.state {
    case .up where isCrashLooping: .crashing
    case .up where status.isPaused: .paused
    case .up where status.want == .down: .stopping
    case .up: .up
    case .down where status.want == .up: .starting
    case .down where status.isNormallyUp: .dead
    case .down: .down
    case .notSupervised: .unsupervised
    case .unavailable, .unrecognized: .unknown
    }
  }
}
