internal import Glibc
package import SystemPackage
package import SystemSupport
internal import Triggers

/// The names under which a builder makes the next version of a product, beside it.
///
/// They are random, so that nobody can put anything there beforehand, and lie on the product's file
/// system, so that a rename brings the file into place. They are in a private directory that belongs
/// to who runs the builder where that is somebody else than we, where somebody else owns the
/// product's directory, and where not everybody may read the product. What is left there goes with
/// this object.
package final class Candidate {
  /// The file that the builder writes.
  package let path: FilePath
  /// The file that will be replaced.
  let product: FilePlace
  /// How the names beside the product begin.
  private let base: String
  /// The private directory, where there is one.
  private let directory: FilePath?
  /// The file itself, where this process writes it.
  private var file: UnnamedFile?
  private var isRemoved = false
  /// Whether there was no product yet when this began.
  private let isFirst: Bool
  /// When the names around the private directory changed last, once it was made.
  private let made: Timestamp?

  /// Chooses the names, and makes the directory where one is needed.
  ///
  /// - Parameters:
  ///   - product: The file that will be replaced.
  ///   - place: Where it is made; nil is beside the product. What is made elsewhere is only to be
  ///     looked at: it cannot be moved into the product's place.
  ///   - isPrivate: Whether nobody else may look, or whether it counts who else makes files there.
  ///   - owner: The user and group who run the builder; nil is we ourselves.
  /// - Throws: `SystemError` when the directory cannot be made.
  package init(
    for product: FilePlace, in place: FilePath? = nil, isPrivate: Bool,
    owner: RuleUser? = nil
  ) throws(SystemError) {
    guard !product.name.isEmpty else {
      throw SystemError("replace", product.path, .invalidArgument)
    }
    self.product = product
    let parent = place ?? product.directory
    base = ".\(product.name)\(NameNoise.candidateMark)\(RandomWord.make())"
    let old = try FileStatus.of(product.path, followingLinks: false)
    isFirst = old == nil
    let isOpen = !isPrivate && (old?.mode ?? 0o004) & 0o004 != 0
    if isOpen, owner == nil, try FileStatus.of(parent)?.owner == geteuid() {
      directory = nil
      made = nil
      path = parent.appending(base + ".tmp")
    } else {
      let directory = parent.appending(base + ".tmp")
      try Self.makeDirectory(directory, beside: product.path, owner)
      self.directory = directory
      made = Self.lastChange(of: parent)
      path = directory.appending(product.name)
    }
  }

  deinit { discard() }

  /// Creates the file for a builder within this process, which needs no name to write to it: where
  /// the file system allows that, it has none before it is moved into the product's place.
  ///
  /// - Returns: The open file.
  /// - Throws: `SystemError` when it cannot be created.
  func create() throws(SystemError) -> OwnedDescriptor {
    let file = try UnnamedFile(for: path)
    self.file = file
    return file.descriptor
  }

  /// A second name for builders that need one.
  var temporaryPath: FilePath {
    place.appending(directory == nil ? "\(base).temporary.tmp" : "\(product.name).tmp")
  }
  /// Where the builder may report what it read.
  var depfilePath: FilePath {
    place.appending(directory == nil ? "\(base).depfile.tmp" : "depfile")
  }
  /// The directory that the candidate is in.
  private var place: FilePath { path.removingLastComponent() }

  private static func makeDirectory(
    _ directory: FilePath, beside product: FilePath, _ owner: RuleUser?
  ) throws(SystemError) {
    try check("make a directory beside", product.visible) {
      unsafe directory.withPlatformString { unsafe mkdir($0, 0o700) }
    }
    if let owner {
      try check("chown", directory.visible) {
        unsafe directory.withPlatformString { unsafe lchown($0, owner.uid, owner.gid) }
      }
    }
  }

  /// A text in which the random names are the product's own: they would make a failure that stays
  /// the same look like a new one at each try.
  func named(_ text: String) -> String {
    let name = VisibleText.escape(product.name)
    let base = VisibleText.escape(base)
    return text.replacing("\(base).temporary.tmp", with: "\(name).tmp")
      .replacing("\(base).depfile.tmp", with: "depfile")
      .replacing("\(base).tmp/", with: "").replacing("\(base).tmp", with: name)
  }

  /// Whether the builder has written its file, and not something else under its name.
  package var isMade: Bool {
    (try? FileStatus.of(path, followingLinks: false))?.kind == .regular
  }

  /// Whether it is certain that no name beside the private directory has come or gone since it was
  /// made.
  var isUndisturbed: Bool {
    guard let directory, let made else { return false }
    return Self.lastChange(of: directory.removingLastComponent()) == made
  }

  private static func lastChange(of directory: FilePath) -> Timestamp? {
    (try? FileStatus.of(directory))?.modified
  }

  /// Puts the file in the product's place: owner and mode of the old product, or root's and not
  /// writable by others; brought to the disk before and after.
  ///
  /// - Throws: `SystemError`; the old product is then still in place. Where there was none when this
  ///   began, what has come there since is somebody's work, and stays, too.
  func commit() throws(SystemError) {
    let file = try opened()
    let new = try FileStatus.of(file, subject: path.visible)
    // A second name would be another file's, which must not get the product's owner and mode.
    guard new.kind == .regular, new.links == nameCount else {
      throw SystemError("replace", product.path, .invalidArgument)
    }
    let old = try FileStatus.of(product.path, followingLinks: false)
    let owner = old?.owner ?? geteuid()
    let group = old?.group ?? (new.owner == geteuid() ? new.group : getegid())
    if new.owner != owner || new.group != group {
      try check("chown", path.visible) { fchown(file.raw, owner, group) }
    }
    let mode = old?.mode ?? new.mode & ~0o6022
    if mode != new.mode || new.owner != owner {
      try check("chmod", path.visible) { fchmod(file.raw, mode_t(mode)) }
    }
    try file.synchronize(subject: path.visible)
    try moveIntoPlace()
    try FileOperations.synchronizeDirectory(product.directory)
  }

  private func opened() throws(SystemError) -> OwnedDescriptor {
    if let file { return file.descriptor }
    return try FileReading.open(path, followingLinks: false)
  }

  /// How many names the file has.
  private var nameCount: UInt64 { file?.isNamed == false ? 0 : 1 }

  private func moveIntoPlace() throws(SystemError) {
    do {
      if let file, !file.isNamed {
        try file.name(isFirst ? product.path : path)
        if isFirst { return }
      }
      if isFirst {
        try FileOperations.rename(path, toFree: product.path)
      } else {
        try FileOperations.rename(path, to: product.path)
      }
    } catch {
      throw SystemError(isFirst ? "create" : "replace", product.path, error.errno)
    }
  }

  /// Removes what was made under the names, and what runs that were killed have left of theirs.
  ///
  /// The caller holds the lock, so that no candidate but this one is in use. Not when this object
  /// goes: the next candidate may be there by then.
  func remove() {
    discard()
    let name = product.name
    guard let names = try? FileReading.names(in: product.directory) else { return }
    for entry in names where Self.isLeftover(entry.string, of: name) {
      let path = product.directory.appending(entry)
      guard let status = try? FileStatus.of(path, followingLinks: false) else { continue }
      if status.kind == .directory { FileOperations.removeDirectory(path) }
      if Self.isCandidate(entry.string, of: name) || Self.isAbandoned(status) {
        try? FileOperations.remove(path)
      }
    }
  }

  /// Removes what was made under the names, and nothing else.
  package func discard() {
    guard !isRemoved else { return }
    isRemoved = true
    guard let directory else {
      for path in [path, temporaryPath, depfilePath] { try? FileOperations.remove(path) }
      return
    }
    FileOperations.removeDirectory(directory)
  }

  /// Whether a name is one of a candidate, or of what its builder has made beside it.
  private static func isCandidate(_ entry: String, of name: String) -> Bool {
    let start = name + NameNoise.candidateMark
    return entry.hasPrefix(".") && entry.drop { $0 == "." }.hasPrefix(start.drop { $0 == "." })
  }

  /// Whether a name is one of a candidate or a temporary file of a tool that is run by hand.
  private static func isLeftover(_ entry: String, of name: String) -> Bool {
    if isCandidate(entry, of: name) { return true }
    let prefix = ".\(name)."
    guard entry.hasPrefix(prefix), entry.hasSuffix(".tmp") else { return false }
    let middle = entry.dropFirst(prefix.count).dropLast(4)
    return middle.count >= 8 && middle.allSatisfy { $0.isLetter || $0.isNumber }
  }

  /// Whether a temporary file is nobody's any more: a tool run by hand may be writing one now.
  private static func isAbandoned(_ status: FileStatus) -> Bool {
    status.kind == .regular && status.owner == geteuid()
      && Timestamp.now - status.changed > .seconds(3600)
  }
}
