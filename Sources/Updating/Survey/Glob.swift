internal import Glibc
internal import SystemPackage
internal import SystemSupport
internal import Triggers

/// Patterns with `*`, `?` and `[...]` in the last component of a path, as fnmatch(3) reads them.
enum Glob {
  /// The files that match now, in the order of their bytes; names with a leading dot only when the
  /// pattern has one, and never noise.
  static func matches(of pattern: FilePath) -> [FilePath] {
    let directory = pattern.removingLastComponent()
    guard let last = pattern.lastComponent else { return [] }
    let names = (try? FileReading.names(in: directory)) ?? []
    return names.filter { matches($0, last) && !NameNoise.contains($0.bytes) }
      .map { directory.appending($0) }
  }

  /// Whether a name matches a pattern.
  static func matches(_ name: FilePath.Component, _ pattern: FilePath.Component) -> Bool {
    unsafe pattern.withPlatformString { pattern in
      unsafe name.withPlatformString { unsafe fnmatch(pattern, $0, FNM_PERIOD) == 0 }
    }
  }
}
