internal import CLinux
internal import Glibc
internal import Synchronization

/// Signals as events of the loop: blocked, and read from a signalfd.
package final class Signals {
  /// The signals that our programs answer to.
  package enum Signal: CInt, CaseIterable, Sendable {
    case hangup = 1
    case interrupt = 2
    case quit = 3
    case alarm = 14
    case terminate = 15
    case continued = 18
    case stopTyped = 20
    case windowChanged = 28
  }

  private let descriptor: OwnedDescriptor
  private let loop: EventLoop
  private var token: EventLoop.Token?

  /// Blocks the signals and hands each that arrives to the handler, on the loop.
  ///
  /// SIGPIPE is ignored from here on: a closed pipe is an error of the write, not a death.
  ///
  /// - Throws: `SystemError` when the kernel gives no signalfd.
  package init(
    _ signals: [Signal], on loop: EventLoop, _ handler: @escaping (Signal) -> Void
  ) throws(SystemError) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal.rawValue) }
    unsafe sigprocmask(SIG_BLOCK, &set, nil)
    Self.ignoreBrokenPipes()
    let descriptor = OwnedDescriptor(
      owning: try check("open", "signalfd") { unsafe linux_signalfd(&set) })
    self.descriptor = descriptor
    self.loop = loop
    token = loop.watch(descriptor.raw) { _ in
      while let signal = Signal(rawValue: linux_signalfd_next(descriptor.raw)) { handler(signal) }
    }
  }

  deinit { loop.cancel(token) }

  /// Ignores a signal from here on, also in forked workers; programs that are run get it as usual.
  package static func ignore(_ signal: Signal) { ignore(number: signal.rawValue) }

  /// Lets a write to a closed pipe be an error of the write, not a death.
  package static func ignoreBrokenPipes() { ignore(number: SIGPIPE) }

  private static func ignore(number: CInt) {
    _ = Glibc.signal(number, SIG_IGN)
    known.withLock { $0 = nil }
  }

  /// The signals that this process ignores, by its own will or by its parent's.
  static var ignored: sigset_t {
    known.withLock { known in
      let ignored = known ?? linux_ignored_signals()
      known = ignored
      return ignored
    }
  }

  /// What `ignored` found; nil until it is asked, and after a change.
  private static let known = Mutex<sigset_t?>(nil)
}
