import Glibc
import SystemPackage
import SystemSupport
import TestSupport

/// The files of `service/`, and what they are tried with.
enum Installation {
  /// All programs of the package.
  static let programs = [
    "mkauth", "mkvalidrcptto", "pipe-watcher", "qmail-console", "update-qmail",
  ]

  /// The package's directory `service`.
  static let directory = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("service")

  /// A file in it.
  static func file(_ name: String) -> FilePath { directory.pushing(FilePath(name)) }

  /// A directory with the built programs and nothing else.
  static func collectPrograms() throws -> FilePath {
    let bin = Scratch.directory.appending("programs")
    try FileOperations.makeDirectory(bin)
    for program in programs {
      let built = try Tools.own(program)
      try check("link", built) { unsafe symlink(built, bin.appending(program).string) }
    }
    return bin
  }

  /// Runs one of the scripts.
  static func run(
    _ script: String, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> Tools.Result {
    try Tools.run([file(script).string] + arguments, environment: environment)
  }

  /// The processes that work in a directory or below it, as `/proc` tells, by their command lines.
  static func processes(in directory: FilePath) throws -> [String] {
    try FileReading.names(in: "/proc").filter { Int32($0.string) != nil }.compactMap { number in
      let process = FilePath("/proc").appending(number)
      guard let place = try? FileReading.resolved(process.appending("cwd")),
        place.starts(with: directory)
      else { return nil }
      return (try? process.appending("cmdline").text) ?? number.string
    }
  }
}
