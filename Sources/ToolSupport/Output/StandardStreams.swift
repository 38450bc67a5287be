internal import Glibc
internal import SystemSupport

/// The three descriptors that every process expects to be there.
package enum StandardStreams {
  /// Makes them safe to work with: none is closed, and a broken pipe does not kill.
  ///
  /// A program started with `2>&-` would give descriptor 2 to the next file that it opens, and
  /// write its messages into it. What takes a closed one's place refuses the use that it is for, so
  /// that output to a closed standard output is an error still.
  static func prepare() {
    for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = unsafe open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
    Signals.ignoreBrokenPipes()
  }

  /// Whether standard error is a terminal.
  package static var isErrorTerminal: Bool { isatty(2) == 1 }

  /// Whether somebody may sit at a terminal and break off what runs.
  package static var isAttended: Bool { isatty(0) == 1 || isErrorTerminal }

  /// Whether standard output is a terminal.
  package static var isOutputTerminal: Bool { isatty(1) == 1 }
}
