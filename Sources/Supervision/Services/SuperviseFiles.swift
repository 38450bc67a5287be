internal import Glibc
package import SystemPackage
package import SystemSupport

extension ServiceStatus {
  /// The status of a service, read from supervise's own files as svstat does, without an exec.
  ///
  /// Needs the right to read the directory `supervise`, which is root's alone.
  ///
  /// - Parameters:
  ///   - serviceDirectory: The service, such as `/service/qmail-send`.
  ///   - now: The moment that the age counts to.
  /// - Returns: The status; whatever stands in the way is told by its state.
  package static func read(
    serviceDirectory: FilePath, at now: Timestamp = .now
  ) -> ServiceStatus {
    do {
      let directory = try SuperviseFiles(serviceDirectory)
      let isNormallyUp = try directory.isNormallyUp()
      try directory.requireSupervise()
      return try directory.status(isNormallyUp: isNormallyUp, at: now)
    } catch {
      return ServiceStatus(error.state)
    }
  }
}

/// The files of one service directory that tell its status: `down`, `supervise/ok` and
/// `supervise/status`.
struct SuperviseFiles {
  /// Why the status cannot be told.
  struct Obstacle: Error {
    let state: ServiceStatus.State
  }

  private let path: FilePath

  /// Looks whether the directory can be entered.
  init(_ path: FilePath) throws(Obstacle) {
    self.path = path
    do {
      // `DIR/.` can be looked at exactly when DIR can be entered.
      var status = stat()
      try check("chdir") {
        unsafe path.appending(".").withPlatformString { unsafe stat($0, &status) }
      }
    } catch {
      throw Obstacle(state: .unavailable(reason: "unable to chdir: \(error.errno.svstatWords)"))
    }
  }

  /// Whether the file `down` is absent.
  func isNormallyUp() throws(Obstacle) -> Bool {
    do {
      return try FileStatus.of(path.appending("down")) == nil
    } catch {
      throw Obstacle(state: .unavailable(reason: "unable to stat down: \(error.errno.svstatWords)"))
    }
  }

  /// Looks whether a supervise runs: it is the reader of the FIFO `ok`.
  func requireSupervise() throws(Obstacle) {
    do {
      _ = try OwnedDescriptor(
        opening: path.appending("supervise/ok"), flags: O_WRONLY | O_NONBLOCK | O_NOCTTY)
    } catch {
      switch error.errno {
      case .noSuchAddressOrDevice:
        throw Obstacle(state: .notSupervised(reason: "supervise not running"))
      case let reason:
        let text = "unable to open supervise/ok: \(reason.svstatWords)"
        throw Obstacle(
          state: reason == .noSuchFileOrDirectory
            ? .notSupervised(reason: text) : .unavailable(reason: text))
      }
    }
  }

  /// Reads the file `status`: 18 bytes of daemontools, 20 or 40 of encore (its first process).
  func status(isNormallyUp: Bool, at now: Timestamp) throws(Obstacle) -> ServiceStatus {
    let bytes: [UInt8]
    do {
      let file = try OwnedDescriptor(
        opening: path.appending("supervise/status"), flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
      bytes = try file.read(upTo: 64) ?? []
    } catch {
      let verb = error.operation == "open" ? "open" : "read"
      throw Obstacle(
        state: .unavailable(
          reason: "unable to \(verb) supervise/status: \(error.errno.svstatWords)"))
    }
    guard let status = Self.unpack(bytes, isNormallyUp: isNormallyUp, at: now) else {
      throw Obstacle(
        state: .unavailable(reason: "unable to read supervise/status: bad format"))
    }
    return status
  }

  /// Takes the bytes of `status` apart; nil when there are fewer than 18.
  ///
  /// They are (supervise.c): 12 of TAI64N, 4 of pid little endian, paused, wanted, encore's phase.
  static func unpack(
    _ bytes: [UInt8], isNormallyUp: Bool, at now: Timestamp
  ) -> ServiceStatus? {
    guard bytes.count >= 18, let stamp = TAI64N(packed: bytes[..<12]) else { return nil }
    let pid = bytes[12..<16].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let want: ServiceStatus.Want =
      switch bytes[17] {
      case UInt8(ascii: "u"): .up
      case UInt8(ascii: "d"): .down
      default: .once
      }
    let since = stamp.timestamp
    let age = now.seconds.subtractingReportingOverflow(since?.seconds ?? now.seconds)
    return ServiceStatus(
      pid == 0 ? .down : .up(pid: Int32(bitPattern: pid)), since: since,
      seconds: age.overflow ? 0 : max(0, age.partialValue), isNormallyUp: isNormallyUp,
      isPaused: bytes[16] != 0, want: want,
      phase: bytes.count > 18 ? ServiceStatus.Phase(rawValue: bytes[18]) ?? .unknown : nil)
  }
}

extension Errno {
  /// The reason in the words of daemontools' own error_str.c, for those that a path can give.
  var svstatWords: String {
    switch self {
    case .noSuchFileOrDirectory: "file does not exist"
    case .permissionDenied: "access denied"
    case .notPermitted: "permission denied"
    case .notDirectory: "not a directory"
    case .isDirectory: "is a directory"
    case .tooManySymbolicLinkLevels: "symbolic link loop"
    case .fileNameTooLong: "file name too long"
    case .tooManyOpenFiles: "process cannot open more files"
    case .tooManyOpenFilesInSystem: "system cannot open more files"
    default: description
    }
  }
}
