import SystemPackage
import SystemSupport
import TestSupport

@testable import Triggers

/// A file watch on a loop of its own, and what it reported.
final class WatchHarness: LoopHarness {
  private(set) var changed: [FilePath] = []
  private(set) var overflows = 0
  private(set) var lines: [String] = []
  private(set) var watch: FileWatch?

  init(
    settings: FileWatch.Settings = FileWatch.Settings(),
    add: @escaping DirectoryWatches.Add = { inotify, path, mask throws(SystemError) in
      try inotify.add(path, for: mask)
    }
  ) {
    super.init()
    watch = FileWatch(
      on: loop, settings: settings, log: { [unowned self] in lines.append($0) },
      onChange: { [unowned self] in changed += $0 },
      onOverflow: { [unowned self] in overflows += 1 }, add: add)
  }

  @discardableResult
  func update(
    files: Set<FilePath> = [], directories: Set<FilePath> = [], ignoring: Set<FilePath> = []
  ) -> Bool {
    watch?.update(files: files, directories: directories, ignoring: ignoring) ?? false
  }

  /// What is reported for some action.
  ///
  /// The kernel has queued its reports when the action ends, so the first turns read them all; the
  /// time is for what these bring about.
  func reports(of action: () throws -> Void) throws -> Set<FilePath> {
    changed = []
    try action()
    try run(for: .milliseconds(30))
    return Set(changed)
  }

  /// What is reported for a shell's line that runs in a directory.
  func reports(of line: String, in directory: FilePath) throws -> Set<FilePath> {
    try reports { try runShell("cd \"$1\" && " + line, directory) }
  }
}
