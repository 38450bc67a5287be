internal import SystemPackage
internal import SystemSupport
internal import Updating

/// Tells other consoles of this one, and this one of them: a locked file for each that can act.
///
/// The lock goes with its console, however that ends, so that nobody is shown who is not here.
final class ConsoleRegister {
  private let lock: FileLock

  /// Enters this console, if there is a state directory; nil otherwise.
  ///
  /// - Parameters:
  ///   - store: The state directory.
  ///   - name: Who acts here, as others are told.
  init?(in store: StateStore, as name: String) {
    let directory = Self.directory(in: store)
    guard (try? FileStatus.of(store.directory)) != nil,
      (try? FileOperations.makeDirectory(directory, mode: 0o700)) != nil,
      let lock = try? FileLock(directory.appending("\(ownProcessNumber())")),
      (try? lock.acquireIfFree(as: VisibleText.escape(name))) == true
    else { return nil }
    self.lock = lock
  }

  /// Where the files lie.
  static func directory(in store: StateStore) -> FilePath { store.directory.appending("consoles") }

  /// Takes this console out.
  func leave() {
    try? FileOperations.remove(lock.path)
    lock.release()
  }

  /// The consoles of others that can act, by the time since when they can; the files of dead ones
  /// are removed.
  static func others(in store: StateStore) -> [FileLock.Holder] {
    let directory = directory(in: store)
    let own = ownProcessNumber()
    let names = (try? FileReading.names(in: directory)) ?? []
    let holders = names.compactMap { name -> FileLock.Holder? in
      let path = directory.appending(name)
      guard let pid = Int32(name.string), pid != own, let lock = try? FileLock(existing: path)
      else { return nil }
      if !lock.isFree { return lock.holder }
      // One that has just made its file is about to lock it.
      if RunningProcess(pid) == nil { try? FileOperations.remove(path) }
      return nil
    }
    return holders.sorted { ($0.since?.nanoseconds ?? 0) < ($1.since?.nanoseconds ?? 0) }
  }
}
