internal import SystemPackage
internal import SystemSupport
internal import Triggers

/// Looks at inputs, reading as little as the recorded evidence allows.
///
/// What has the recorded stamp is not opened: its digest and contents are taken over.
struct InputReader {
  /// Files above this many bytes have no digest: their stamp alone decides.
  static let digestLimit: Int64 = 1 << 20
  /// The bytes that one survey of one rule reads at most.
  static let budget: Int64 = 16 << 20
  /// Files above this many bytes keep no contents.
  static let contentsLimit: Int64 = 64 << 10

  let key: ContentDigest.Key
  /// Whether the contents of small declared inputs are kept.
  let keepsContents: Bool
  var trust: Trust
  let recorded: [String: InputEvidence]
  private var left = InputReader.budget

  init(
    key: ContentDigest.Key, keepsContents: Bool, trust: Trust, recorded: [String: InputEvidence]
  ) {
    self.key = key
    self.keepsContents = keepsContents
    self.trust = trust
    self.recorded = recorded
  }

  /// The state of a file that the rule names, by its key; it is refused when others may write to it
  /// or to its directory, and its contents may be kept.
  mutating func declaredFile(
    _ path: FilePath, _ key: String, _ directory: FilePath
  ) -> InputEvidence {
    file(path, key, declaredIn: directory)
  }

  /// The state of a file that a builder has reported, by its key; it may hold passwords.
  mutating func reportedFile(_ key: String) -> InputEvidence {
    file(FilePath(key), key, declaredIn: nil)
  }

  private mutating func file(
    _ path: FilePath, _ key: String, declaredIn directory: FilePath?
  ) -> InputEvidence {
    let now = Timestamp.now
    do {
      let own = try FileStatus.of(path, followingLinks: false)
      let isLink = own?.kind == .link
      guard let status = isLink ? try FileStatus.of(path) : own else { return .absent }
      if let directory,
        let complaint = trust.complaint(about: path, status, in: directory, isLink: isLink)
      {
        return .unreadable(complaint)
      }
      guard status.kind == .regular else { return .unreadable("it is no regular file") }
      let stamp = Stamp(status)
      if case .file(var old)? = recorded[key], old.stamp == stamp, !old.isTooRecent {
        old.isWorldReadable = status.mode & 0o004 != 0
        return .file(old)
      }
      let keepsContents = keepsContents && directory != nil && !Self.holdsPasswords(path)
      return .file(try read(path, before: now, keepsContents: keepsContents))
    } catch {
      return error.errno == .noSuchFileOrDirectory ? .absent : .unreadable("\(error.errno)")
    }
  }

  /// The state of a directory: the names in it that begin with a prefix and are not noise.
  func listing(_ path: FilePath, prefix: String, recordedAs recordKey: String) -> InputEvidence {
    let now = Timestamp.now
    do {
      guard let status = try FileStatus.of(path) else { return .absent }
      let stamp = Stamp(status)
      if case .listing(let old, _, false)? = recorded[recordKey], old == stamp,
        let evidence = recorded[recordKey]
      {
        return evidence
      }
      let names = try FileReading.names(in: path)
        .filter { $0.string.hasPrefix(prefix) && !NameNoise.contains($0.bytes) }
      let text: [UInt8] = names.flatMap { (name: FilePath.Component) in name.bytes + [0] }
      return .listing(
        stamp: stamp, names: ContentDigest(of: text, key: key),
        isTooRecent: stamp.isTooRecent(at: now))
    } catch {
      return .unreadable("\(error.errno)")
    }
  }

  /// Whether a file holds passwords by its name, whatever the rule says of it.
  private static func holdsPasswords(_ path: FilePath) -> Bool {
    ["passwd", "shadow", "vpasswd"].contains(path.lastComponent?.string)
  }

  private mutating func read(
    _ path: FilePath, before now: Timestamp, keepsContents: Bool
  ) throws(SystemError) -> FileEvidence {
    let file = try FileReading.open(path)
    let status = try FileStatus.of(file, subject: path.visible)
    let stamp = Stamp(status)
    var evidence = FileEvidence(
      stamp: stamp, isTooRecent: stamp.isTooRecent(at: now),
      isWorldReadable: status.mode & 0o004 != 0)
    guard stamp.size <= Self.digestLimit, stamp.size <= left else { return evidence }
    left -= stamp.size
    let bytes = try FileReading.contents(of: file, subject: path.visible)
    evidence.digest = ContentDigest(of: bytes, key: key)
    // What not everybody may read is not for our copies either.
    if keepsContents, evidence.isWorldReadable, stamp.size <= Self.contentsLimit {
      evidence.contents = String(validating: bytes, as: UTF8.self)
    }
    return evidence
  }
}
