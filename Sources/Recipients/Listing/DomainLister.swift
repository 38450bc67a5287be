internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// Lists the recipients of domains, one after the other.
struct DomainLister: ~Copyable {
  private let layout: ServerLayout
  private let locals: LocalRecipients
  private let hasExtensions: Bool
  private let leavesOutAliases: Bool
  /// What has been read.
  private(set) var reader: SourceReader
  /// What is odd but no error, in lines that are safe to show.
  private(set) var warnings: [String] = []
  private var buffer = FileBuffer()

  /// - Parameters:
  ///   - layout: Where the files lie.
  ///   - locals: The recipients that local domains have in common.
  ///   - hasExtensions: Whether vpopmail's mailboxes take mail for their extensions.
  ///   - leavesOutAliases: Whether local domains and those of the alias user get no recipients.
  ///   - reader: Remembers what is read.
  init(
    layout: ServerLayout, locals: LocalRecipients, hasExtensions: Bool, leavesOutAliases: Bool,
    reader: SourceReader = SourceReader()
  ) {
    self.reader = reader
    self.layout = layout
    self.locals = locals
    self.hasExtensions = hasExtensions
    self.leavesOutAliases = leavesOutAliases
  }

  /// Adds the recipients of a domain.
  ///
  /// - Returns: What was decided; what vpopmail's programs must be asked for is not added.
  /// - Throws: `SystemError` when a file or directory cannot be read; `FileFormatError` when a
  ///   `vpasswd` does not parse; `RelativeHome` or `UnreadableHome`. Some recipients may have been added by then.
  mutating func list(
    _ planned: PlannedDomain, into sink: inout some RecipientSink
  ) throws -> DomainDecision {
    let domain = planned.domain
    switch domain.handling {
    case .relayed: return try listRelayed(domain, &sink)
    case .local, .aliases:
      if leavesOutAliases { return .leftOut }
      if domain.handling == .local { add(locals.users, domain.name, &sink) }
      add(locals.aliases, domain.name, &sink)
      add(locals.qualified[domain.name] ?? [], domain.name, &sink)
      return domain.handling == .local ? .usersAndAliases : .aliases
    case .virtual:
      guard let home = planned.home else { return .leftOut }
      return try listVirtual(domain.name, home, &sink)
    }
  }

  private func add(
    _ recipients: [LocalRecipients.Recipient], _ domain: [UInt8], _ sink: inout some RecipientSink
  ) {
    for recipient in recipients {
      sink.add(recipient.name, at: domain) { recipient.origin }
    }
  }
}

// MARK: - Domains that another host has

extension DomainLister {
  private mutating func listRelayed(
    _ domain: ServedDomain, _ sink: inout some RecipientSink
  ) throws -> DomainDecision {
    guard let path = layout.relayedUsers.appending(bytes: domain.name),
      let contents = try reader.contentsIfPresent(of: path)
    else {
      sink.addCatchAll(domain.name) { domain.assigned }
      return .passedOn
    }
    for line in NumberedLines(contents) {
      let text = line.bytes.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "@") }
      let name = text.trimmed
      if !name.isEmpty { sink.add(Array(name), at: domain.name) { .line(path, line.number) } }
    }
    return .passedOnUsers(path)
  }
}

extension ArraySlice<UInt8> {
  /// The bytes without white space at both ends.
  fileprivate var trimmed: ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || 9...13 ~= byte }
    var rest = drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return rest
  }
}

// MARK: - Virtual domains

extension DomainLister {
  private static let vpasswdName = Array("vpasswd".utf8)
  private static let vpasswd: FilePath = "vpasswd"

  private mutating func listVirtual(
    _ domain: [UInt8], _ home: MailHome, _ sink: inout some RecipientSink
  ) throws -> DomainDecision {
    guard home.directory.isAbsolute else { throw RelativeHome(origin: home.origin) }
    let path = layout.root(home.directory)
    reader.note(.dotQmailFiles(in: path))
    let directory: OwnedDescriptor
    let names: [[UInt8]]
    do {
      directory = try FileReading.openDirectory(path)
      names = try DotQmailDirectory.names(in: directory, at: path)
    } catch {
      throw UnreadableHome(error: error, origin: home.origin)
    }
    guard let nearest = DotQmailName.defaults(below: home.prefix).first(where: names.contains)
    else {
      addFiles(names, in: path, home, domain, &sink)
      return .dotQmailFiles(path, prefix: home.prefix)
    }
    let file = DirectoryEntry(directory: path, name: nearest)
    guard try catchAll(of: file, in: directory) == .vpopmailBouncing else {
      sink.addCatchAll(domain) { .entry(file.path) }
      return .catchAll(file)
    }
    addFiles(names, in: path, home, domain, &sink)
    return try listMailboxes(domain, home, in: directory, bouncing: file, &sink)
  }

  private mutating func catchAll(
    of file: DirectoryEntry, in directory: OwnedDescriptor
  ) throws -> DotQmail.CatchAll {
    reader.note(.entry(file))
    let catchAll = unsafe try buffer.withContents(
      of: FilePath(bytes: file.name) ?? FilePath(), in: directory, path: { file.path }
    ) { bytes in
      unsafe DotQmail(parsing: Array(bytes)).catchAll
    }
    guard let catchAll else { throw SystemError("open", file.path, .noSuchFileOrDirectory) }
    return catchAll
  }

  /// Adds what the `.qmail` files stand for, except for the one that bounces the rest.
  private func addFiles(
    _ names: [[UInt8]], in directory: FilePath, _ home: MailHome, _ domain: [UInt8],
    _ sink: inout some RecipientSink
  ) {
    for name in names {
      guard let address = DotQmailName.address(of: name, after: home.prefix),
        !address.elementsEqual("default".utf8)
      else { continue }
      sink.add(address, at: domain) {
        directory.appending(bytes: name).map { .entry($0) } ?? home.origin
      }
    }
  }

  private mutating func listMailboxes(
    _ domain: [UInt8], _ home: MailHome, in directory: OwnedDescriptor,
    bouncing: DirectoryEntry, _ sink: inout some RecipientSink
  ) throws -> DomainDecision {
    let file = DirectoryEntry(directory: bouncing.directory, name: Self.vpasswdName)
    reader.note(.entry(file))
    let withExtensions = hasExtensions
    let listing = unsafe try buffer.withContents(
      of: Self.vpasswd, in: directory, path: { file.path }
    ) { bytes in
      unsafe addMailboxes(bytes, of: file, at: domain, withExtensions: withExtensions, &sink)
    }
    guard let listing else {
      return .queried(VpopmailQuery(domain: home.user), bouncing: bouncing)
    }
    if let failure = listing.failure {
      throw FileFormatError(file.path, line: failure.line, expected: failure.expected)
    }
    if let line = listing.unterminatedLine {
      warnings.append(
        "\(file.path.visible): line \(line) lacks its newline: vpopmail itself overlooks it")
    }
    return .mailboxes(file, bouncing: bouncing)
  }
}

/// How the reading of a `vpasswd` went.
private struct MailboxListing {
  var failure: VpasswdFile.Failure?
  var unterminatedLine: Int?
}

/// Adds the mailboxes of a `vpasswd`, up to the first line that is none.
private func addMailboxes(
  _ bytes: UnsafeBufferPointer<UInt8>, of file: DirectoryEntry, at domain: [UInt8],
  withExtensions: Bool, _ sink: inout some RecipientSink
) -> MailboxListing {
  var listing = MailboxListing()
  do throws(VpasswdFile.Failure) {
    try unsafe VpasswdFile.forEachLine(of: bytes) { line in
      let name = unsafe UnsafeBufferPointer(rebasing: bytes[line.name])
      unsafe sink.add(name.span, at: domain) { .line(file.path, line.number) }
      if withExtensions {
        unsafe sink.add(Array(name) + "-default".utf8, at: domain) { .line(file.path, line.number) }
      }
      if !line.isTerminated { listing.unterminatedLine = line.number }
    }
  } catch {
    listing.failure = error
  }
  return listing
}
