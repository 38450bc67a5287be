internal import Glibc
internal import Supervision
package import SystemPackage
package import SystemSupport

/// How many lines a log has got in the last minute, judged by the stamps at its end.
package struct LogRate: Equatable, Sendable {
  /// The lines a minute.
  package let perMinute: Int

  package init(perMinute: Int) { self.perMinute = perMinute }

  /// How much of the log's end is looked at; more than a minute's lines need not be in it.
  private static let tail = 1 << 14

  /// Reads the end of `current`; nil where that cannot be read, or has no stamps.
  ///
  /// - Parameters:
  ///   - directory: The log directory.
  ///   - now: The end of the minute.
  package init?(of directory: FilePath, at now: Timestamp) {
    guard
      let file = try? OwnedDescriptor(
        opening: directory.appending("current"), flags: O_RDONLY | O_NOFOLLOW),
      let size = try? FileStatus.of(file).size,
      let bytes = try? file.read(upTo: Self.tail, at: max(0, size - Int64(Self.tail)))
    else { return nil }
    // The first line of the piece may have lost its beginning, and so its stamp.
    let times = bytes.split(separator: 0x0a)
      .compactMap { TAI64N($0.prefix(TAI64N.textLength))?.timestamp }
    self.init(times, isPiece: size > Self.tail, at: now)
  }

  /// Counts lines.
  ///
  /// - Parameters:
  ///   - times: When they were written, one after the other.
  ///   - isPiece: Whether there are older ones that are not among them.
  ///   - now: The end of the minute.
  package init?(_ times: [Timestamp], isPiece: Bool, at now: Timestamp) {
    guard let first = times.first else { return nil }
    let recent = times.drop { now - $0 > .seconds(60) }
    guard recent.count == times.count else {
      self.init(perMinute: recent.count)
      return
    }
    // It does not reach back for a minute: what it covers is taken for the whole. A log that has
    // just begun must not look busy because of its first lines.
    let covered = max((now - first).wholeNanoseconds, isPiece ? 1_000_000 : 10_000_000_000)
    self.init(perMinute: Int(Double(times.count) * 60e9 / Double(covered)))
  }

  /// The rate in words: in the unit that gives a whole number of some size.
  package var words: String {
    perMinute >= 60 ? "\(Words.count(perMinute / 60))/s" : "\(perMinute)/min"
  }
}
