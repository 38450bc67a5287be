package import SystemPackage
package import SystemSupport

/// Why a path cannot serve as the trigger pipe.
package enum TriggerPipeError: Error, Equatable, CustomStringConvertible {
  /// Something lies there that is not ours: what it is, in words.
  case occupied(FilePath, by: String)
  /// Everybody may remove and replace what lies in the pipe's directory.
  case openDirectory(FilePath, mode: UInt32)
  /// The path ends in no name.
  case noName(FilePath)
  /// A system call failed.
  case system(SystemError)

  package var description: String {
    switch self {
    case .occupied(let path, let found):
      "unable to use trigger pipe \(path.visible): found \(found), "
        + "expected a FIFO of root or of our own user"
    case .openDirectory(let path, let mode):
      "unable to use trigger pipe \(path.visible): its directory has mode "
        + "0\(String(mode, radix: 8)), expected one where not everybody may replace files"
    case .noName(let path):
      "unable to use trigger pipe \(path.visible): expected the path of a FIFO"
    case .system(let error): "\(error)"
    }
  }
}
