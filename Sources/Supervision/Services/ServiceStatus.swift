package import SystemSupport

/// What supervise says of a service, or why nothing can be said.
///
/// The same value comes from svstat's words (`parse`) and from supervise's own files (`read`).
package struct ServiceStatus: Hashable, Sendable {
  /// Whether the service runs.
  package enum State: Hashable, Sendable {
    case up(pid: Int32)
    case down
    /// No supervise runs over the directory; the reason in svstat's words.
    case notSupervised(reason: String)
    /// It cannot be told; the reason in svstat's words.
    case unavailable(reason: String)
    /// svstat said something that we do not know: its text as it came, not yet safe to show.
    case unrecognized(text: String)
  }

  /// What supervise was told to bring about.
  package enum Want: Hashable, Sendable {
    case up, down
    /// To run once and not to be started again (`svc -o`).
    case once
  }

  /// The steps of a service's life that daemontools-encore tells apart; the values are its own.
  package enum Phase: UInt8, Hashable, Sendable, CaseIterable {
    case stopped, starting, started, running, stopping, failed
    /// A value that encore calls `status unknown`.
    case unknown = 255
  }

  package let state: State
  /// When the process last started or ended; nil when it is unknown.
  ///
  /// From svstat's words it is exact to the second only.
  package let since: Timestamp?
  /// The age of the state in whole seconds when it was looked at, as svstat counts: never negative.
  package let seconds: Int64
  /// Whether the service starts by itself: it has no file `down`.
  package let isNormallyUp: Bool
  package let isPaused: Bool
  /// What is wanted; nil when svstat's words leave it open (an up service may be wanted up or once).
  package let want: Want?
  /// The step that daemontools-encore tells; nil under daemontools.
  package let phase: Phase?

  package init(
    _ state: State, since: Timestamp? = nil, seconds: Int64 = 0, isNormallyUp: Bool = true,
    isPaused: Bool = false, want: Want? = nil, phase: Phase? = nil
  ) {
    self.state = state
    self.since = since
    self.seconds = seconds
    self.isNormallyUp = isNormallyUp
    self.isPaused = isPaused
    self.want = want
    self.phase = phase
  }
}

extension ServiceStatus {
  /// The process of the service; nil when it is not up.
  package var pid: Int32? {
    if case .up(let pid) = state { pid } else { nil }
  }

  /// Whether a supervise answers for the service.
  package var isSupervised: Bool {
    switch state {
    case .up, .down: true
    case .notSupervised, .unavailable, .unrecognized: false
    }
  }

  /// The age of the state at some moment, in whole seconds; never negative.
  package func seconds(at now: Timestamp) -> Int64 {
    guard let since else { return seconds }
    let (age, overflow) = now.seconds.subtractingReportingOverflow(since.seconds)
    return overflow ? 0 : max(0, age)
  }
}

extension ServiceStatus: CustomStringConvertible {
  /// The status in svstat's words, safe to show.
  package var description: String {
    switch state {
    case .up(let pid): "up (pid \(pid)) \(seconds) seconds" + suffixes
    case .down: "down \(seconds) seconds" + suffixes
    case .notSupervised(let reason), .unavailable(let reason), .unrecognized(let reason):
      VisibleText.escape(reason)
    }
  }

  /// The marks after the seconds, in svstat's fixed order.
  private var suffixes: String {
    let isUp = pid != nil
    let marks: [String?] = [
      isNormallyUp == isUp ? nil : isNormallyUp ? "normally up" : "normally down",
      isPaused && isUp ? "paused" : nil,
      !isUp && want == .up ? "want up" : nil,
      isUp && want == .down ? "want down" : nil,
      isUp && want == .once && phase != nil ? "once" : nil,
      phase?.words,
    ]
    return marks.compactMap { $0 }.map { ", " + $0 }.joined()
  }
}

extension ServiceStatus.Phase {
  /// The phase as encore's svstat prints it.
  var words: String { self == .unknown ? "status unknown" : "\(self)" }
}
