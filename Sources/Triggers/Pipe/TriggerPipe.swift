internal import Glibc
package import SystemPackage
package import SystemSupport

/// The named pipe through which anybody asks for a pass, as qmail's `lock/trigger`.
///
/// `echo > pipe`, `: > pipe` and `touch pipe` all count, at any time, and no writer waits. For that
/// the pipe is held for reading only and without blocking: a reader that held a writing end too
/// would never see the end of a writer that wrote nothing. An end can be taken back only by opening
/// the pipe anew, and the new descriptor is open before the old one is closed, so that there is
/// always a reader. The next poke is listened for before this one is reported.
///
/// Two cases show only in inotify's reports on the FIFO: a writer that comes while another keeps
/// the pipe open, and a `touch` that the kernel lets change nothing but the time stamps
/// (fs.protected_fifos). They tell also when the FIFO was removed, replaced or changed.
package final class TriggerPipe {
  /// Where the pipe lies.
  package let path: FilePath

  private let place: PipePlace
  private let loop: EventLoop
  private let log: (String) -> Void
  private let onPoke: () -> Void

  private var served: PipePlace.Opened?
  /// The mode that the FIFO had when it was taken into service.
  private var mode: UInt32 = 0
  private var token: EventLoop.Token?
  private var notice: PipeNotice?
  /// A poke that is reported soon, unless one is reported sooner.
  private var owed: EventLoop.Token?

  private var wakeups = TokenBucket(capacity: 100, interval: .milliseconds(10))
  private var rest: EventLoop.Token?
  private var retry: EventLoop.Token?
  private var retryDelay = TriggerPipe.firstRetry
  private var lastComplaint = ""

  /// The most bytes that a FIFO holds by default.
  private static let capacity = 1 << 16
  private static let firstRetry = Duration.seconds(1)
  private static let lastRetry = Duration.seconds(60)
  /// How long a writer that has written is given to leave, so that both are one poke.
  private static let leaving = Duration.milliseconds(2)
  /// How long a `touch` that has set the time stamps is given to leave, if it has the FIFO open.
  private static let touching = Duration.milliseconds(10)

  /// Creates the pipe with mode 0622, or takes over the one that is there, and listens.
  ///
  /// - Parameters:
  ///   - path: Where the pipe lies. A missing directory is created with mode 0755. An existing FIFO
  ///     must belong to root or to our user. A plain file that a `touch` or an `echo` has left while
  ///     there was no pipe is replaced if nobody else can write to the directory.
  ///   - loop: The loop that waits for pokes.
  ///   - log: Gets the lines that the administrator should see.
  ///   - onPoke: Called on the loop after one or more pokes.
  /// - Throws: `TriggerPipeError` when something else lies there, or the place is not safe.
  package init(
    path: FilePath, on loop: EventLoop, log: @escaping (String) -> Void,
    onPoke: @escaping () -> Void
  ) throws(TriggerPipeError) {
    self.path = path
    self.loop = loop
    self.log = log
    self.onPoke = onPoke
    place = PipePlace(path: path)
    let opened = try place.open()
    mode = opened.status.mode
    // The pipe is listened to first: what it tells itself is served before inotify's reports of it.
    listen(to: opened)
    do {
      notice = try PipeNotice(on: loop) { [weak self] in self?.hear($0) }
    } catch {
      log("warning: trigger pipe \(path.visible): its removal will go unnoticed: \(error)")
    }
    attend()
    place.warnings(for: opened).forEach(log)
  }

  deinit { cancelAll() }
}

// MARK: - Pokes

extension TriggerPipe {
  /// Somebody wrote, or left: the latter is reported at once, after listening anew.
  private func pipeIsReady(_ readiness: EventLoop.Readiness) {
    if readiness.contains(.hungUp) {
      guard rearm() else { return }
      countWakeup()
      report()
    } else {
      served?.descriptor.discard(upTo: Self.capacity)
      countWakeup()
      owe(within: Self.leaving)
    }
  }

  private func report() {
    loop.cancel(owed)
    owed = nil
    onPoke()
  }

  /// Reports a poke soon: the writer that is still there is about to leave, which is reported then.
  private func owe(within limit: Duration) {
    if owed == nil { owed = loop.schedule(after: limit) { [weak self] in self?.report() } }
  }

  /// Listens with a new descriptor and lets go of the old one, with all that was written.
  ///
  /// - Returns: Whether there is a poke to report; if not, the pipe was restored, which reports one.
  private func rearm() -> Bool {
    guard let served else { return false }
    if let next = place.reopen(served) {
      listen(to: next)
      // All that a pipe can hold, and a writer that never stops cannot hold us here.
      next.descriptor.discard(upTo: Self.capacity)
    } else if place.status(ifStill: served) != nil {
      // No descriptor is left for us. The old one stays open, so that no writer waits.
      turnAway(until: .now + Self.firstRetry)
    } else {
      restore()
      return false
    }
    return true
  }

  private func listen(to opened: PipePlace.Opened) {
    if let token {
      loop.redirect(token, to: opened.descriptor.raw)
    } else {
      token = loop.watch(opened.descriptor.raw) { [weak self] in self?.pipeIsReady($0) }
    }
    served = opened
  }

  private func countWakeup() {
    let now = Instant.now
    if !wakeups.take(at: now) { turnAway(until: wakeups.nextToken ?? now) }
  }

  /// Listens to nothing for a moment, as wake-ups come without end; a poke is reported afterwards
  /// in any case.
  private func turnAway(until time: Instant) {
    guard rest == nil else { return }
    loop.cancel(token)
    token = nil
    notice?.forget()
    rest = loop.schedule(at: time) { [weak self] in self?.resume() }
  }

  private func resume() {
    rest = nil
    guard rearm() else { return }
    if rest == nil { attend() }
    report()
  }
}

// MARK: - What inotify tells

extension TriggerPipe {
  /// Lets inotify watch the FIFO, and makes sure that it had not gone before.
  private func attend() {
    notice?.watch(path, in: place.directory)
    guard let served, place.status(ifStill: served) == nil else { return }
    retry = loop.schedule(after: .zero) { [weak self] in self?.restore() }
  }

  private func hear(_ report: PipeNotice.Report) {
    countWakeup()
    let isInPlace = report.isMissing || report.isTouched ? verify() : true
    guard isInPlace else { return }
    if report.isClosed, isWriterLeft { owe(within: Self.leaving) }
    if report.isTouched { owe(within: Self.touching) }
  }

  /// Whether a writer has the FIFO open, so that the pipe itself does not tell that another left.
  private var isWriterLeft: Bool {
    guard let descriptor = served?.descriptor else { return false }
    var state = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&state, 1, 0) == 0 else { return false }
    // Nothing to read: an end of file without writers, `EAGAIN` with one.
    return (try? descriptor.read(upTo: Self.capacity)) != []
  }

  /// Makes sure that the path leads to the served FIFO and that its mode is as it was.
  ///
  /// - Returns: Whether the path did; if not, the pipe was restored.
  private func verify() -> Bool {
    guard let served else { return false }
    guard let status = place.status(ifStill: served) else {
      restore()
      return false
    }
    guard status.mode != mode, status.owner == geteuid() else { return true }
    log(
      "trigger pipe \(path.visible): mode \(octal(status.mode)) set back to \(octal(mode))")
    _ = fchmod(served.descriptor.raw, mode_t(mode))
    return true
  }

  private func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}

// MARK: - Serving and restoring

extension TriggerPipe {
  private func serve(_ opened: PipePlace.Opened) {
    mode = opened.status.mode
    listen(to: opened)
    attend()
  }

  /// Puts the pipe back into its place, and goes on trying if that cannot be done now.
  private func restore() {
    cancelAll()
    served = nil
    notice?.forget()
    do throws(TriggerPipeError) {
      let opened = try place.open()
      log("trigger pipe \(path.visible) was removed or replaced: restored")
      lastComplaint = ""
      retryDelay = Self.firstRetry
      serve(opened)
      // Whoever poked in between used the old one.
      report()
    } catch {
      complain("\(error); trying again")
      retry = loop.schedule(after: retryDelay) { [weak self] in self?.restore() }
      retryDelay = min(retryDelay * 2, Self.lastRetry)
    }
  }

  private func cancelAll() {
    for token in [token, owed, rest, retry] { loop.cancel(token) }
    (token, owed, rest, retry) = (nil, nil, nil, nil)
  }

  private func complain(_ text: String) {
    guard text != lastComplaint else { return }
    lastComplaint = text
    log(text)
  }
}
