internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// How vpopmail was built and where its programs lie, as far as recipients depend on it.
struct VpopmailSettings: Equatable, Sendable {
  /// Its programs on this machine; nil when the server has no vpopmail.
  let programs: VpopmailPrograms?
  /// Whether a mailbox takes mail for its extensions: `QMAIL_EXT` in `vpopmail_config.h`.
  let hasExtensions: Bool

  /// Looks into `include/vpopmail_config.h` of vpopmail's home.
  ///
  /// - Throws: `SystemError` when the file is there but cannot be read.
  init(
    of layout: ServerLayout, users: PasswordFile, reader: inout SourceReader
  ) throws(SystemError) {
    guard let home = layout.vpopmailHome(among: users) else {
      (programs, hasExtensions) = (nil, false)
      return
    }
    programs = VpopmailPrograms(of: layout, among: users)
    let header = layout.root(home.appending("include").appending("vpopmail_config.h"))
    let contents = try reader.contentsIfPresent(of: header) ?? []
    hasExtensions = NumberedLines(contents).contains { line in
      let words = line.bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      return words.count >= 3 && words[0].elementsEqual("#define".utf8)
        && words[1].elementsEqual("QMAIL_EXT".utf8) && words[2].elementsEqual("1".utf8)
    }
  }
}
