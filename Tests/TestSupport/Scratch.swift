internal import Glibc
package import SystemPackage
internal import SystemSupport
package import Testing

/// A directory of its own for each test, removed afterwards, also when the test throws.
///
/// Mark a test or a suite with the trait `.scratch` and ask for `Scratch.directory` inside.
package enum Scratch {
  /// The scratch directory of the running test.
  @TaskLocal package static var directory: FilePath = "/nonexistent/no-scratch-trait"
}

/// Gives each test a scratch directory.
package struct ScratchTrait: TestTrait, SuiteTrait, TestScoping {
  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let base = FilePath("/tmp/qmail-updater-tests.\(getuid())")
    let directory = base.appending(String(UInt64.random(in: 0 ... .max), radix: 36))
    try FileOperations.makeDirectory(directory)
    do {
      try await Scratch.$directory.withValue(directory) { try await function() }
    } catch {
      // The test's own error is the one to tell.
      try? removeTree(directory)
      throw error
    }
    try removeTree(directory)
  }
}

extension Trait where Self == ScratchTrait {
  /// A directory of its own for each test: see `Scratch`.
  package static var scratch: ScratchTrait { ScratchTrait() }
}

/// Removes a directory and all that is in it.
package func removeTree(_ path: FilePath) throws {
  if try FileStatus.of(path, followingLinks: false)?.kind == .directory {
    for name in try FileReading.names(in: path) { try removeTree(path.appending(name)) }
    _ = unsafe path.withPlatformString { unsafe rmdir($0) }
  } else {
    try FileOperations.remove(path)
  }
}

extension FilePath {
  /// Writes text into the file, creating the directories above it.
  package func write(_ text: String, mode: UInt32 = 0o644) throws {
    try write(Array(text.utf8), mode: mode)
  }

  /// Writes bytes into the file in place, creating the directories above it.
  package func write(_ bytes: [UInt8], mode: UInt32 = 0o644) throws {
    try FileOperations.makeDirectory(removingLastComponent())
    let file = try OwnedDescriptor(opening: self, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    try file.write(bytes)
    fchmod(file.raw, mode)
  }

  /// The file's contents as text.
  package var text: String {
    get throws { String(decoding: try FileReading.contents(of: self), as: UTF8.self) }
  }
}
