package import SystemPackage

extension FilePath {
  /// The directory that holds this name; `.` for a bare name.
  package var parent: FilePath {
    let parent = removingLastComponent()
    return parent.isEmpty ? "." : parent
  }

  /// A name beside this one that nobody has yet: `.NAME.RANDOM.tmp`.
  package var temporarySibling: FilePath {
    removingLastComponent()
      .appending(".\(lastComponent?.string ?? "").\(RandomWord.make()).tmp")
  }
}
