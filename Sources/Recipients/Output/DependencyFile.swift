internal import Glibc
package import SystemPackage
package import SystemSupport

/// The list of what a product was made from, for whoever decides when to make it again.
///
/// One absolute path a line, as it was opened on this machine. A file that was looked for in vain is
/// listed too: it may appear. `DIR/.qmail*` stands for the names in a directory that begin so. The
/// line `# opaque` says that vpopmail's programs were asked, whose answers no file shows.
package enum DependencyFile {
  /// Writes the list, sorted and each path once.
  ///
  /// - Throws: `SystemError` when it cannot be written, or a path holds a newline.
  package static func write(
    _ sources: [RecipientSource], to path: FilePath
  ) throws(SystemError) {
    let lines = Set(sources.map(\.description)).sorted()
    guard !lines.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else {
      throw SystemError("list a path with a newline in", path, .invalidArgument)
    }
    let text = Array(lines.map { $0 + "\n" }.joined().utf8)
    // A device such as /dev/null is written to; a file in its place would be of no use to anybody.
    if try FileStatus.of(path)?.kind == .other {
      return try OwnedDescriptor(opening: path, flags: O_WRONLY | O_NOCTTY)
        .write(text, subject: path.visible)
    }
    try FileReplacement.write(text, to: path)
  }
}
