internal import Glibc

/// What a program sets up for itself before anything else.
package enum ProcessManners {
  /// A service writes files that others may read and nobody else may write, and does not stay in
  /// the way of an unmount.
  package static func prepareService() {
    umask(0o022)
    _ = unsafe chdir("/")
  }
}
