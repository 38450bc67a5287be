internal import QmailFiles
internal import SystemPackage

/// The mailboxes of one directory of vpopmail's, and which of them may log in.
struct Mailboxes {
  /// A line of the vpasswd file and what it means.
  struct Mailbox {
    /// The line in the file, counted from 1.
    let line: Int
    /// Where the name lies in the file's bytes.
    let name: Range<Int>
    /// Where the hash lies in the file's bytes.
    let hash: Range<Int>
    /// Why the mailbox's user may not log in; nil when he may.
    let refusal: LoginRefusal?
  }

  /// The contents of the vpasswd file.
  let bytes: [UInt8]
  /// The mailboxes in the order of the file; of two with one name the first counts.
  let mailboxes: [Mailbox]

  /// - Parameters:
  ///   - bytes: The contents of the vpasswd file.
  ///   - path: Its path, for errors.
  /// - Throws: `FileFormatError` for a line that is none.
  init(parsing bytes: [UInt8], path: FilePath) throws(FileFormatError) {
    var mailboxes: [Mailbox] = []
    let failure: VpasswdFile.Failure? = unsafe bytes.withUnsafeBufferPointer { buffer in
      do throws(VpasswdFile.Failure) {
        try unsafe VpasswdFile.forEachLine(of: buffer) { line in
          let refusal = unsafe Self.refusal(of: line, in: buffer)
          mailboxes.append(
            Mailbox(line: line.number, name: line.name, hash: line.hash, refusal: refusal))
        }
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw FileFormatError(path, line: failure.line, expected: failure.expected) }
    self.bytes = bytes
    self.mailboxes = mailboxes
  }

  /// The first mailbox with this name.
  func mailbox(named name: some Collection<UInt8>) -> Mailbox? {
    mailboxes.first { bytes[$0.name].elementsEqual(name) }
  }

  private static func refusal(
    of line: VpasswdFile.Line, in buffer: UnsafeBufferPointer<UInt8>
  ) -> LoginRefusal? {
    guard line.isTerminated else { return .unfinishedLine }
    let flags = unsafe VpasswdFile.flags(buffer[line.flags])
    if flags.contains(.noSMTP) { return .noSMTP }
    if flags.contains(.noRelay) { return .noRelay }
    return unsafe LoginRefusal.refusal(of: buffer[line.hash])
  }
}
