internal import CLinux
internal import Glibc
internal import SystemPackage

/// The one place where a program waits: for descriptors, signals, children and deadlines.
///
/// Built on poll(2), for one thread. Asleep it makes no system call. Handlers run one after the
/// other on the thread that called `run`, and may add and remove sources as they like.
package final class EventLoop {
  /// What poll found on a descriptor.
  package struct Readiness: OptionSet, Sendable {
    package let rawValue: Int16
    package init(rawValue: Int16) { self.rawValue = rawValue }

    /// There is something to read, or a peer closed its end.
    package static let readable = Readiness(rawValue: Int16(POLLIN))
    /// The descriptor takes data.
    package static let writable = Readiness(rawValue: Int16(POLLOUT))
    /// No writer is left at the other end.
    package static let hungUp = Readiness(rawValue: Int16(POLLHUP))
    /// The descriptor has failed.
    package static let failed = Readiness(rawValue: Int16(POLLERR))
  }

  /// Names a source or a deadline, to cancel it.
  package struct Token: Hashable, Sendable {
    fileprivate let number: Int
  }

  private struct Source {
    let token: Token
    /// Nil once the source is cancelled.
    var handler: ((Readiness) -> Void)?
  }

  private struct Deadline {
    let token: Token
    let time: Instant
    let handler: () -> Void
  }

  /// In the order in which they were watched.
  private var sources: [Source] = []
  /// What poll is asked for each of them; a cancelled one has no descriptor.
  private var polled: [pollfd] = []
  private var hasCancelled = false
  /// Sorted, the next one last.
  private var deadlines: [Deadline] = []
  private var lastToken = 0
  private var isRunning = false
  /// `/dev/null`, open for the children that read nothing.
  var nullInput: OwnedDescriptor?
  /// Called before each wait.
  private var beforeWait: () -> Void = {}

  package init() {}
}

// MARK: - Sources and deadlines

extension EventLoop {
  /// Calls a handler whenever the descriptor is ready.
  ///
  /// The source keeps being polled until it is cancelled; a descriptor must be cancelled before it
  /// is closed.
  @discardableResult
  package func watch(
    _ descriptor: CInt, for interest: Readiness = .readable,
    _ handler: @escaping (Readiness) -> Void
  ) -> Token {
    let token = nextToken()
    sources.append(Source(token: token, handler: handler))
    polled.append(pollfd(fd: descriptor, events: interest.rawValue, revents: 0))
    return token
  }

  /// Lets a source that is watched go on with another descriptor; the old one can be closed then.
  ///
  /// The source keeps its place: of several that are ready, the one that was watched first is
  /// served first.
  package func redirect(_ token: Token, to descriptor: CInt) {
    let place = sources.firstIndex { $0.token == token && $0.handler != nil }
    guard let place else { return }
    polled[place] = pollfd(fd: descriptor, events: polled[place].events, revents: 0)
  }

  /// Calls a handler once, at a time or as soon after it as possible.
  @discardableResult
  package func schedule(at time: Instant, _ handler: @escaping () -> Void) -> Token {
    let token = nextToken()
    let place = deadlines.firstIndex { $0.time <= time } ?? deadlines.endIndex
    deadlines.insert(Deadline(token: token, time: time, handler: handler), at: place)
    return token
  }

  /// Calls a handler once, after a while.
  @discardableResult
  package func schedule(after delay: Duration, _ handler: @escaping () -> Void) -> Token {
    schedule(at: .now + delay, handler)
  }

  /// Forgets a source or a deadline; one that is gone already is no error.
  package func cancel(_ token: Token?) {
    guard let token else { return }
    if let place = sources.firstIndex(where: { $0.token == token }) {
      sources[place].handler = nil
      polled[place] = pollfd(fd: -1, events: 0, revents: 0)
      hasCancelled = true
    } else {
      deadlines.removeAll { $0.token == token }
    }
  }

  private func nextToken() -> Token {
    lastToken += 1
    return Token(number: lastToken)
  }
}

// MARK: - Running

extension EventLoop {
  /// Calls a handler whenever all that there was to do is done, before the loop waits, and at its
  /// end: the place to write what was collected meanwhile.
  package func beforeEachWait(_ handler: @escaping () -> Void) { beforeWait = handler }

  /// Waits and calls handlers until `stop` is called.
  ///
  /// - Throws: `SystemError` when poll itself fails.
  package func run() throws(SystemError) {
    isRunning = true
    defer { beforeWait() }
    while isRunning { try turn() }
  }

  /// Makes `run` return at the end of this turn: handlers that are due with the one that is running
  /// now are called before.
  package func stop() { isRunning = false }

  /// Waits once, and calls the handlers that are due.
  ///
  /// - Throws: `SystemError` when poll itself fails.
  package func turn() throws(SystemError) {
    beforeWait()
    forgetCancelled()
    let timeout = pollTimeout()
    let ready = try waitOnce(timeout)
    if ready > 0 { callReadyHandlers() }
    callDueHandlers()
  }

  /// One poll; 0 when a signal handler interrupted it, so that deadlines are looked at again.
  private func waitOnce(_ timeout: CInt) throws(SystemError) -> CInt {
    let ready = unsafe poll(&polled, nfds_t(polled.count), timeout)
    if ready >= 0 { return ready }
    let reason = Errno.latest
    guard reason == .interrupted else { throw SystemError("poll", "", reason) }
    return 0
  }

  private func forgetCancelled() {
    guard hasCancelled else { return }
    hasCancelled = false
    polled = zip(polled, sources).filter { $0.1.handler != nil }.map(\.0)
    sources.removeAll { $0.handler == nil }
  }

  /// Milliseconds to the next deadline, rounded up so that poll never returns just before it.
  private func pollTimeout() -> CInt {
    guard let next = deadlines.last else { return -1 }
    let left = (next.time - .now).wholeNanoseconds
    return CInt(clamping: max(0, (left + 999_999) / 1_000_000))
  }

  private func callReadyHandlers() {
    // A handler may cancel sources, which keep their places until the next turn, and add others.
    for place in polled.indices where polled[place].revents != 0 {
      sources[place].handler?(Readiness(rawValue: polled[place].revents))
    }
  }

  private func callDueHandlers() {
    let now = Instant.now
    while let next = deadlines.last, next.time <= now {
      deadlines.removeLast()
      next.handler()
    }
  }
}
