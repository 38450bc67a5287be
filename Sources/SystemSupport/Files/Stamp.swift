/// What tells one version of a file from another without reading it.
package struct Stamp: Hashable, Sendable, Codable {
  package let device: UInt64
  package let inode: UInt64
  /// The size in bytes.
  package let size: Int64
  /// When the contents last changed.
  package let modified: Timestamp
  /// When contents, names, owner or mode last changed.
  package let changed: Timestamp

  package init(
    device: UInt64, inode: UInt64, size: Int64, modified: Timestamp, changed: Timestamp
  ) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  package init(_ status: FileStatus) {
    self.init(
      device: status.device, inode: status.inode, size: status.size, modified: status.modified,
      changed: status.changed)
  }

  /// When the file last became what it is: a restored older file counts from its restoration.
  package var latest: Timestamp { max(modified, changed) }

  /// Whether the same file with the same contents may have been changed in owner or mode only.
  package func hasSameContents(as other: Stamp) -> Bool {
    device == other.device && inode == other.inode && size == other.size
      && modified == other.modified
  }

  /// Whether a later write could have left the very same stamp.
  package func isTooRecent(at time: Timestamp) -> Bool {
    changed + Self.tick > time && changed < time + Self.tick
  }

  /// How far a file's stamp may lag behind the exact clock.
  ///
  /// The kernel stamps files with a clock that ticks: two writes within one tick look alike. 20 ms
  /// cover two ticks of the slowest usual clock (100 Hz).
  package static let tick = Duration.milliseconds(20)
}
