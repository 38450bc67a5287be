internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// The mailboxes of one directory of vpopmail's, and which of them may log in.
///
/// It has no description: hashes are never shown.
struct Mailboxes {
  /// A mailbox and what its flags and its hash mean.
  struct Mailbox {
    /// The line with the name, counted from 1.
    let line: Int
    /// Where the name lies in the bytes.
    let name: Range<Int>
    /// Where the hash lies in the bytes.
    let hash: Range<Int>
    /// Why the mailbox's user may not log in; nil when he may.
    let refusal: LoginRefusal?
  }

  /// What lists mailboxes.
  enum Source: CustomStringConvertible {
    /// A vpasswd file.
    case file(FilePath)
    /// A program: its command line, safe to show.
    case program(String)

    var description: String {
      switch self {
      case .file(let path): path.visible
      case .program(let command): "the output of \(command)"
      }
    }
  }

  /// What lists the mailboxes.
  let source: Source
  /// The contents of the vpasswd file, or what the program has printed.
  let bytes: [UInt8]
  /// The mailboxes in their order; of two with one name the first counts.
  let mailboxes: [Mailbox]

  /// Where a mailbox comes from.
  func origin(of mailbox: Mailbox) -> RecipientOrigin {
    switch source {
    case .file(let path): .line(path, mailbox.line)
    case .program(let command): .program(command)
    }
  }

  /// - Parameters:
  ///   - bytes: The contents of the vpasswd file.
  ///   - path: Its path, for errors.
  /// - Throws: `FileFormatError` for a line that is none.
  init(parsing bytes: [UInt8], path: FilePath) throws(FileFormatError) {
    var mailboxes: [Mailbox] = []
    let failure: VpasswdFile.Failure? = unsafe bytes.withUnsafeBufferPointer { buffer in
      do throws(VpasswdFile.Failure) {
        try unsafe VpasswdFile.forEachLine(of: buffer) { line throws(VpasswdFile.Failure) in
          let refusal = try unsafe Self.refusal(of: line, in: buffer)
          mailboxes.append(
            Mailbox(line: line.number, name: line.name, hash: line.hash, refusal: refusal))
        }
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw FileFormatError(path, line: failure.line, expected: failure.expected) }
    source = .file(path)
    self.bytes = bytes
    self.mailboxes = mailboxes
  }

  /// The mailboxes that vuserinfo has listed; nil when a line is another one or is missing.
  ///
  /// There is a line each with the name, the hash and the flags of a mailbox, and before them a line
  /// of dashes or none.
  ///
  /// - Parameters:
  ///   - command: The command line, safe to show.
  ///   - output: What it has printed.
  init?(listedBy command: String, _ output: [UInt8]) {
    var mailboxes: [Mailbox] = []
    var lines = NumberedLines(output).makeIterator()
    while var first = lines.next() {
      if Self.isRule(first.bytes) {
        guard let next = lines.next() else { return nil }
        first = next
      }
      guard !first.bytes.isEmpty, !first.bytes.contains(where: \.isControl),
        let hash = lines.next()?.bytes, let last = lines.next(),
        last.isTerminated, !last.bytes.isEmpty, last.bytes.allSatisfy({ $0 &- 0x30 < 10 }),
        let flags = VpasswdFile.flags(last.bytes.span)
      else { return nil }
      mailboxes.append(
        Mailbox(
          line: first.number, name: first.bytes.indices, hash: hash.indices,
          refusal: Self.refusal(flags: flags, hash: hash)))
    }
    source = .program(command)
    bytes = output
    self.mailboxes = mailboxes
  }

  /// Whether a line is made of dashes: what s/vpopmail prints before a mailbox.
  private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
    line.count > 8 && line.allSatisfy { $0 == UInt8(ascii: "-") }
  }

  /// The first mailbox with this name.
  func mailbox(named name: some Collection<UInt8>) -> Mailbox? {
    mailboxes.first { bytes[$0.name].elementsEqual(name) }
  }

  private static func refusal(
    of line: VpasswdFile.Line, in buffer: UnsafeBufferPointer<UInt8>
  ) throws(VpasswdFile.Failure) -> LoginRefusal? {
    let field = unsafe UnsafeBufferPointer(rebasing: buffer[line.flags])
    guard let flags = unsafe VpasswdFile.flags(field.span) else {
      throw VpasswdFile.Failure(line: line.number, expected: "a number in the field of the flags")
    }
    guard line.isTerminated else { return .unfinishedLine }
    return unsafe refusal(flags: flags, hash: buffer[line.hash])
  }

  private static func refusal(
    flags: MailboxFlags, hash: some Collection<UInt8>
  ) -> LoginRefusal? {
    if flags.contains(.noSMTP) { return .noSMTP }
    if flags.contains(.noRelay) { return .noRelay }
    return LoginRefusal.refusal(of: hash)
  }
}
