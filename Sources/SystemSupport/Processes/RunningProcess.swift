internal import CLinux
internal import Glibc
internal import SystemPackage

/// A process as `/proc/PID/stat` tells of it (proc(5)).
package struct RunningProcess: Hashable, Sendable {
  package let pid: Int32
  package let parent: Int32
  /// The name of its program, at most 15 bytes, safe to show.
  package let program: String
  /// Whether it has ended, and only its parent does not know yet.
  package let isZombie: Bool
  /// When it started, in ticks since the system did: a pid comes again, but not with these.
  package let startTicks: UInt64

  package init(
    pid: Int32, parent: Int32, program: String, isZombie: Bool = false, startTicks: UInt64 = 0
  ) {
    self.pid = pid
    self.parent = parent
    self.program = program
    self.isZombie = isZombie
    self.startTicks = startTicks
  }

  /// Looks at a process; nil when there is none, or it may not be looked at.
  package init?(_ pid: Int32) {
    let path = FilePath("/proc/\(pid)/stat")
    guard let bytes = try? FileReading.contents(of: path, limit: 1 << 12) else { return nil }
    self.init(stat: bytes)
  }

  /// Reads the line of a stat file; the name in it may hold anything, parentheses too.
  init?(stat bytes: [UInt8]) {
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
      let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close
    else { return nil }
    let words = String(decoding: bytes[(close + 1)...], as: UTF8.self).split(separator: " ")
    let number = String(decoding: bytes[..<open], as: UTF8.self).filter { $0 != " " }
    // Field 22 of the whole line.
    guard words.count > 19, let pid = Int32(number), let parent = Int32(words[1]),
      let startTicks = UInt64(words[19])
    else { return nil }
    self.init(
      pid: pid, parent: parent, program: VisibleText.escape(bytes[(open + 1)..<close]),
      isZombie: words[0] == "Z" || words[0] == "X", startTicks: startTicks)
  }

  /// When it started, by the present clock, to a tick (10 ms).
  package var started: Timestamp {
    var sinceBoot = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
    let ticks = Double(startTicks) / Double(max(1, sysconf(CInt(_SC_CLK_TCK))))
    let age = Double(sinceBoot.tv_sec) + Double(sinceBoot.tv_nsec) / 1e9 - ticks
    return .now + .seconds(-age)
  }

  /// Every process that may be looked at.
  ///
  /// - Throws: `SystemError` when `/proc` cannot be read.
  package static func all() throws(SystemError) -> [RunningProcess] {
    try FileReading.names(in: "/proc").compactMap { name in
      Int32(name.string).flatMap { RunningProcess($0) }
    }
  }
}
