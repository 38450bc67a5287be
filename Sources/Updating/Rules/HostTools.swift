internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// Finds the programs that rules run.
struct HostTools {
  private let layout: ServerLayout

  init(_ layout: ServerLayout) { self.layout = layout }

  /// The command of a program that works on fixed paths of the system that it runs on.
  ///
  /// Under a root it is the tree's own program, run by chroot(8), so that it can never touch the
  /// host's files.
  ///
  /// - Returns: The argument list, or nil when the program is in none of the directories.
  func hardWired(_ name: String, in directories: [FilePath]) -> [String]? {
    for directory in directories {
      let program = directory.appending(name)
      let found = layout.root(program)
      guard (try? FileStatus.of(found))?.kind == .regular else { continue }
      return command(program)
    }
    return nil
  }

  /// The command of a program of the tree under the root.
  func command(_ program: FilePath) -> [String] {
    if layout.root.isHost { return [program.string] }
    return ["chroot", layout.root.directory.string, program.string]
  }

  /// The path of one of this package's programs: beside the one that runs now.
  static func own(_ name: String) -> String {
    guard let program = try? FileReading.target(of: "/proc/self/exe") else { return name }
    return program.removingLastComponent().appending(name).string
  }
}
