internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// A private directory beside a product, in which a builder makes the next version of it.
///
/// Its name is random and it belongs to the user who runs the builder, so that nobody else can put
/// anything there. It lies on the product's file system, so that a rename brings the file into
/// place. It is removed with this object.
final class Candidate {
  /// The file that the builder writes.
  let path: FilePath
  /// A second name for builders that need one.
  let temporaryPath: FilePath
  /// Where the builder may report what it read.
  let depfilePath: FilePath

  private let product: FilePath
  private let directory: FilePath
  /// When the names around the directory changed last, once it was made.
  private let made: Timestamp?

  /// Makes the directory.
  ///
  /// - Parameters:
  ///   - product: The file that will be replaced.
  ///   - owner: The user and group who run the builder; nil is we ourselves.
  /// - Throws: `SystemError` when the directory cannot be made.
  init(for product: FilePath, owner: RuleUser? = nil) throws(SystemError) {
    guard let name = product.lastComponent else {
      throw SystemError("replace", product, .invalidArgument)
    }
    self.product = product
    let parent = product.removingLastComponent()
    let random = String(UInt64.random(in: 0 ... .max), radix: 36)
    let directory = parent.appending(".\(name.string).\(random).tmp")
    try check("mkdir", directory.visible) {
      unsafe directory.withPlatformString { unsafe mkdir($0, 0o700) }
    }
    if let owner {
      try check("chown", directory.visible) {
        unsafe directory.withPlatformString { unsafe lchown($0, owner.uid, owner.gid) }
      }
    }
    self.directory = directory
    made = Self.lastChange(of: parent)
    path = directory.appending(name)
    temporaryPath = directory.appending("\(name.string).tmp")
    depfilePath = directory.appending("depfile")
  }

  deinit { Self.removeDirectory(directory) }

  /// Whether no name beside the directory has come or gone since it was made.
  var isUndisturbed: Bool {
    made != nil && Self.lastChange(of: directory.removingLastComponent()) == made
  }

  private static func lastChange(of directory: FilePath) -> Timestamp? {
    (try? FileStatus.of(directory))?.modified
  }

  /// Puts the file in the product's place: owner and mode of the old product, or root's and not
  /// writable by others; brought to the disk before and after.
  ///
  /// - Throws: `SystemError`; the old product is then still in place.
  func commit() throws(SystemError) {
    let file = try FileReading.open(path, followingLinks: false)
    let new = try FileStatus.of(file, subject: path.visible)
    // A second name would be another file's, which must not get the product's owner and mode.
    guard new.kind == .regular, new.links == 1 else {
      throw SystemError("replace", product, .invalidArgument)
    }
    let old = try FileStatus.of(product, followingLinks: false)
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
    try FileOperations.rename(path, to: product)
    try FileOperations.synchronizeDirectory(product.removingLastComponent())
  }

  /// Removes the directory, and what runs that were killed have left of theirs.
  ///
  /// The caller holds the lock, so that no candidate but this one is in use. Not when this object
  /// goes: the next candidate may be there by then.
  func remove() {
    Self.removeDirectory(directory)
    let parent = directory.removingLastComponent()
    guard let name = product.lastComponent, let names = try? FileReading.names(in: parent) else {
      return
    }
    let prefix = ".\(name.string)."
    for entry in names where entry != directory.lastComponent {
      let text = entry.string
      guard text.hasPrefix(prefix), text.hasSuffix(".tmp") else { continue }
      let middle = text.dropFirst(prefix.count).dropLast(4)
      guard middle.count >= 8, middle.allSatisfy({ $0.isLetter || $0.isNumber }) else { continue }
      let path = parent.appending(entry)
      guard let status = try? FileStatus.of(path, followingLinks: false) else { continue }
      if status.kind == .directory { Self.removeDirectory(path) }
      if Self.isAbandoned(status) { try? FileOperations.remove(path) }
    }
  }

  /// Whether a temporary file is nobody's any more: a tool run by hand may be writing one now.
  private static func isAbandoned(_ status: FileStatus) -> Bool {
    status.kind == .regular && status.owner == geteuid()
      && Timestamp.now - status.changed > .seconds(3600)
  }

  /// Removes a directory and what is in it.
  ///
  /// Directories within are entered only where nobody but we can have put something else in their
  /// place meanwhile.
  private static func removeDirectory(_ path: FilePath) {
    let isOurs = (try? FileStatus.of(path, followingLinks: false))?.owner == geteuid()
    for name in (try? FileReading.names(in: path)) ?? [] {
      let entry = path.appending(name)
      if isOurs, (try? FileStatus.of(entry, followingLinks: false))?.kind == .directory {
        removeDirectory(entry)
      } else {
        try? FileOperations.remove(entry)
      }
    }
    _ = unsafe path.withPlatformString { unsafe rmdir($0) }
  }
}
