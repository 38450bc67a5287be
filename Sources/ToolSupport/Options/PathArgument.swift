internal import ArgumentParser
internal import Glibc
package import SystemPackage

/// Paths on a command line, checked as they are parsed: `@Option(transform: PathArgument.ofHost)`.
package enum PathArgument {
  /// A path of this machine, made absolute: a relative one starts from the working directory.
  ///
  /// - Throws: `ValidationError` when it is empty, or the working directory is gone.
  @Sendable package static func ofHost(_ text: String) throws -> FilePath {
    guard !text.isEmpty else { throw ValidationError("expected a path, found nothing") }
    let path = FilePath(text)
    if path.isAbsolute { return path }
    guard let here = unsafe getcwd(nil, 0) else {
      throw ValidationError("unable to find the working directory: \(Errno(rawValue: errno))")
    }
    defer { unsafe free(here) }
    return unsafe FilePath(platformString: here).pushing(path)
  }

  /// A path as it was given; `LayoutOptions.file` tells where it lies.
  ///
  /// - Throws: `ValidationError` when it is empty.
  @Sendable package static func asGiven(_ text: String) throws -> FilePath {
    guard !text.isEmpty else { throw ValidationError("expected a path, found nothing") }
    return FilePath(text)
  }

  /// An absolute path within the tree that `--root` names.
  ///
  /// - Throws: `ValidationError` when it is relative: it would mean nothing under another root.
  @Sendable package static func inTree(_ text: String) throws -> FilePath {
    let path = FilePath(text)
    guard path.isAbsolute else { throw ValidationError("expected an absolute path") }
    return path
  }
}
