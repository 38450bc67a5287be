package import SystemPackage

/// Something that a product is made from.
package struct Input: Hashable, Sendable {
  /// How the path is to be understood.
  package enum Kind: String, Hashable, Sendable, Codable {
    /// One file; its contents count.
    case file
    /// A directory; the names in it count, not the contents.
    case listing
    /// A pattern with `*` and `?` in its last component; the names that match and their contents.
    case glob
  }

  package let kind: Kind
  /// A path of this machine.
  package let path: FilePath
  /// The name under which what was seen of it is kept: its path; a directory's ends in a slash.
  package let key: String
  /// The directory that it is in.
  let directory: FilePath
  /// Whether nothing can be made without it.
  package let isRequired: Bool
  /// The input counts only while this file is absent, as `me` stands in for `locals`.
  package let standsInFor: FilePath?

  package init(
    _ path: FilePath, kind: Kind = .file, isRequired: Bool = false, standingInFor: FilePath? = nil
  ) {
    self.kind = kind
    self.path = path
    directory = path.removingLastComponent()
    key =
      switch kind {
      case .file: path.string
      case .listing: path.string + "/"
      case .glob: directory.string + "/?"
      }
    self.isRequired = isRequired
    standsInFor = standingInFor
  }
}
