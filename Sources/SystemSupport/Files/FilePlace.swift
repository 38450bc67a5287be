package import SystemPackage

/// A file's path taken apart, once, for those who look there often.
package struct FilePlace: Hashable, Sendable {
  package let path: FilePath
  /// The directory that the file is in.
  package let directory: FilePath
  /// The file's name in it; empty for a path that ends in none.
  package let name: String

  package init(_ path: FilePath) {
    self.path = path
    directory = path.parent
    name = path.lastComponent?.string ?? ""
  }
}
