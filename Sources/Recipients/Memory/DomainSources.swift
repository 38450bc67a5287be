internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// The files and directories that can decide the recipients of one domain alone, known before any
/// of them is read.
///
/// That these are all is not taken on trust: what a listing read besides makes its reading useless,
/// and the domain is listed again each time.
struct DomainSources {
  private let domain: PlannedDomain
  let sources: [RecipientSource]

  /// - Returns: Nil for a domain whose recipients are not its own, such as a local one.
  init?(of domain: PlannedDomain, in layout: ServerLayout) {
    self.domain = domain
    switch (domain.domain.handling, domain.home) {
    case (.virtual, let home?) where home.directory.isAbsolute:
      let directory = layout.root(home.directory)
      let names = DotQmailName.defaults(below: home.prefix) + [Array("vpasswd".utf8)]
      sources =
        [.dotQmailFiles(in: directory)]
        + names.map { .entry(DirectoryEntry(directory: directory, name: $0)) }
    case (.relayed, _):
      guard let path = layout.relayedUsers.appending(bytes: domain.name) else { return nil }
      sources = [.file(path)]
    default: return nil
    }
    if sources.count > UInt64.bitWidth { return nil }
  }

  /// A bit for each of the sources that were read, the first one lowest.
  ///
  /// - Returns: Nil when nothing was, or something else.
  func marks(of reading: DomainReading) -> UInt64? {
    var marks: UInt64 = 0
    for source in reading.sources {
      guard let place = sources.firstIndex(of: source) else { return nil }
      marks |= 1 << UInt64(place)
    }
    return marks == 0 ? nil : marks
  }

  /// The sources that have a mark.
  func marked(_ marks: UInt64) -> [RecipientSource] {
    sources.indices.filter { marks & 1 << UInt64($0) != 0 }.map { sources[$0] }
  }

  /// A sum of the stamps of the sources, and of what else decides the recipients.
  ///
  /// - Parameter clock: Tells the present moment.
  /// - Returns: Nil when a source cannot be looked at, or could change and keep its stamp.
  func stampSum(clock: () -> Timestamp = { .now }) -> UInt64? {
    var sum = ContentSum()
    for text in [domain.name, domain.home?.prefix ?? [], domain.home?.user ?? []] {
      sum.add(text)
    }
    sum.add(domain.domain.handling == .relayed ? 1 : 0)
    for source in sources {
      // Taken before, so that whatever is written later has a later stamp.
      let now = clock()
      let found = Result { () throws(SystemError) in try source.status() }
      switch found {
      case .failure: return nil
      case .success(nil): sum.add(0)
      case .success(let status?):
        let stamp = Stamp(status)
        if stamp.isTooRecent(at: now) { return nil }
        sum.add(stamp)
      }
    }
    return sum.value
  }
}

extension RecipientSource {
  /// What the kernel says of the file or directory; nil when it is not there.
  fileprivate func status() throws(SystemError) -> FileStatus? {
    switch self {
    case .file(let path), .dotQmailFiles(in: let path): try FileStatus.of(path)
    case .entry(let entry): try FileStatus.of(entry.path)
    case .programs: throw SystemError("stat", "vpopmail's programs", .invalidArgument)
    }
  }
}

extension ContentSum {
  /// Adds bytes and their number, so that nothing can pass from one text to the next.
  mutating func add(_ text: [UInt8]) {
    add(UInt64(text.count))
    unsafe text.withUnsafeBytes { unsafe add($0) }
  }

  fileprivate mutating func add(_ stamp: Stamp) {
    add(1)
    add(stamp.device)
    add(stamp.inode)
    add(UInt64(bitPattern: stamp.size))
    add(UInt64(bitPattern: stamp.modified.nanoseconds))
    add(UInt64(bitPattern: stamp.changed.nanoseconds))
  }
}
