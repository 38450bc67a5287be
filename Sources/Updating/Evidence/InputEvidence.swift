internal import SystemPackage
package import SystemSupport

/// What is known of one input at one moment.
package enum InputEvidence: Equatable, Sendable {
  case absent
  /// A file; its digest and contents only where they were wanted and small enough.
  case file(FileEvidence)
  /// A directory, by the digest of its names that count.
  case listing(stamp: Stamp, names: ContentDigest, isTooRecent: Bool)
  /// It is there, or may be, but it cannot be read or must not be trusted.
  case unreadable(String)
}

/// What is known of one file at one moment.
package struct FileEvidence: Equatable, Sendable, Codable {
  package var stamp: Stamp
  package var digest: ContentDigest?
  /// The contents of a small text without secrets, to show later what changed.
  package var contents: String?
  /// The stamp was so new that a later write could have left the same one.
  package var isTooRecent: Bool
  /// Whether everybody may read the file, as qmail's daemons must.
  package var isWorldReadable: Bool

  package init(
    stamp: Stamp, digest: ContentDigest? = nil, contents: String? = nil,
    isTooRecent: Bool = false, isWorldReadable: Bool = true
  ) {
    self.stamp = stamp
    self.digest = digest
    self.contents = contents
    self.isTooRecent = isTooRecent
    self.isWorldReadable = isWorldReadable
  }
}

extension InputEvidence {
  /// How the present state of an input relates to the recorded one.
  package enum Comparison: Equatable, Sendable {
    /// Nothing at all differs.
    case untouched
    /// The stamp differs, the contents do not.
    case sameContents
    case different
  }

  /// Compares the present state with a recorded one.
  ///
  /// Without digests, a differing stamp is a difference, and so is an equal stamp that was taken
  /// too soon after a write to be trusted.
  package func compared(to recorded: InputEvidence) -> Comparison {
    switch (self, recorded) {
    case (.absent, .absent): return .untouched
    case (.listing(let stamp, let names, _), .listing(let oldStamp, let old, _)):
      guard names == old else { return .different }
      return stamp == oldStamp ? .untouched : .sameContents
    case (.file(let now), .file(let old)):
      if now.stamp == old.stamp, !old.isTooRecent { return .untouched }
      guard let new = now.digest, let digest = old.digest else {
        return .different
      }
      guard new == digest else { return .different }
      return now.stamp == old.stamp ? .untouched : .sameContents
    default: return .different
    }
  }

  /// Whether a later write could have left the same stamp.
  var isTooRecent: Bool {
    switch self {
    case .file(let file): file.isTooRecent
    case .listing(_, _, let isTooRecent): isTooRecent
    case .absent, .unreadable: false
    }
  }

  /// When the input last became what it is; nil where no stamp tells.
  package var latest: Timestamp? {
    switch self {
    case .file(let file): file.stamp.latest
    case .listing(let stamp, _, _): stamp.latest
    case .absent, .unreadable: nil
    }
  }
}

extension InputEvidence: Codable {
  private enum Key: CodingKey { case file, stamp, names, isTooRecent, unreadable }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let file = try container.decodeIfPresent(FileEvidence.self, forKey: .file) {
      self = .file(file)
    } else if let names = try container.decodeIfPresent(ContentDigest.self, forKey: .names) {
      self = .listing(
        stamp: try container.decode(Stamp.self, forKey: .stamp), names: names,
        isTooRecent: try container.decode(Bool.self, forKey: .isTooRecent))
    } else if let reason = try container.decodeIfPresent(String.self, forKey: .unreadable) {
      self = .unreadable(reason)
    } else {
      self = .absent
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .absent: break
    case .file(let file): try container.encode(file, forKey: .file)
    case .listing(let stamp, let names, let isTooRecent):
      try container.encode(stamp, forKey: .stamp)
      try container.encode(names, forKey: .names)
      try container.encode(isTooRecent, forKey: .isTooRecent)
    case .unreadable(let reason): try container.encode(reason, forKey: .unreadable)
    }
  }
}
