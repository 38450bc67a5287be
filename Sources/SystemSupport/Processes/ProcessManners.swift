internal import CLinux
internal import Glibc

/// What a program sets up for itself before anything else.
package enum ProcessManners {
  /// A service writes files that others may read and nobody else may write, does not stay in the way
  /// of an unmount, and has memory at hand for its next piece of work.
  package static func prepareService() {
    umask(0o022)
    FreedMemory.keepSome()
    _ = unsafe chdir("/")
  }

  /// Gives back the memory of code that the start, or some rare work, has used: several MiB of it.
  ///
  /// What is used again is there again, at a page fault's cost.
  package static func releaseUsedCode() { linux_release_program_pages() }
}
