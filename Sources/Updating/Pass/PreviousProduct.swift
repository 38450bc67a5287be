internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// The product before the present one, kept in the state directory so that it can be brought back.
struct PreviousProduct {
  /// Where it is kept.
  let path: FilePath

  init(_ rule: String, _ store: StateStore) { path = store.previousPath(of: rule) }

  /// Keeps the file that is in place now; whoever replaces it must do so by a rename.
  ///
  /// A second name for the file costs nothing; across file systems it is copied.
  ///
  /// - Returns: Whether there was something to keep.
  /// - Throws: `SystemError` when it cannot be kept.
  func keep(_ product: FilePath) throws(SystemError) -> Bool {
    guard try FileStatus.of(product, followingLinks: false)?.kind == .regular else { return false }
    let fresh = path.temporarySibling
    try FileOperations.makeDirectory(path.removingLastComponent(), mode: 0o700)
    do {
      try FileOperations.link(product, as: fresh)
      try FileOperations.rename(fresh, to: path)
      // Renaming one name of a file over another of the same file leaves both: see rename(2).
      try FileOperations.remove(fresh)
    } catch {
      try? FileOperations.remove(fresh)
      try copy(product)
    }
    return true
  }

  /// Keeps a copy of a file that may be written in place.
  ///
  /// - Throws: `SystemError` when it cannot be kept.
  func copy(_ product: FilePath) throws(SystemError) {
    let bytes = try FileReading.contents(of: product, followingLinks: false)
    try FileOperations.makeDirectory(path.removingLastComponent(), mode: 0o700)
    try FileReplacement.write(bytes, to: path, mode: 0o600)
    if let present = try FileStatus.of(product), let copied = try FileStatus.of(path) {
      try FileOperations.adopt(owner: present, of: path, now: copied)
    }
  }

  /// Lets the present product and the kept one change places.
  ///
  /// Owner and mode are those of the present product; where that is gone, those that it had.
  ///
  /// - Throws: `SystemError`; the product is then as it was.
  func swap(with product: FilePath) throws(SystemError) {
    let file = try FileReading.open(path, followingLinks: false)
    let kept = try FileStatus.of(file, subject: path.visible)
    let replacement = try FileReplacement(replacing: product, mode: kept.mode)
    try replacement.descriptor.write(
      try FileReading.contents(of: file, subject: path.visible), subject: product.visible)
    try check("chown", product.visible) {
      fchown(replacement.descriptor.raw, kept.owner, kept.group)
    }
    // On the disk before the present product takes the kept one's place: a full disk loses nothing.
    try replacement.descriptor.synchronize(subject: product.visible)
    _ = try keep(product)
    try replacement.commit()
  }
}
