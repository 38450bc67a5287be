package import SystemPackage

extension FilePath {
  /// The directory that holds this name; `.` for a bare name.
  package var parent: FilePath {
    let parent = removingLastComponent()
    return parent.isEmpty ? "." : parent
  }

  /// A name beside this one that nobody has yet: `.NAME.RANDOM.tmp`.
  package var temporarySibling: FilePath {
    let random = String(UInt64.random(in: 0 ... .max), radix: 36)
    return removingLastComponent().appending(".\(lastComponent?.string ?? "").\(random).tmp")
  }
}
