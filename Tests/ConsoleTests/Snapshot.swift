import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Pictures as text files: what is drawn must be what was seen and approved.
///
/// With `RECORD_SNAPSHOTS=1` in the environment the files are written anew, and the tests fail, so
/// that nobody takes a recording for a check.
enum Snapshot {
  private static let directory = FilePath(#filePath).removingLastComponent()
    .appending("Snapshots")

  static func expect(
    _ text: String, as name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = directory.appending(name + ".txt")
    if getenv("RECORD_SNAPSHOTS") != nil {
      try path.write(text)
      Issue.record("recorded \(name)", sourceLocation: sourceLocation)
      return
    }
    let expected = try path.text
    #expect(text == expected, "\(name)", sourceLocation: sourceLocation)
  }
}
