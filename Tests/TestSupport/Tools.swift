internal import Glibc
package import SystemPackage
package import SystemSupport

/// Runs real programs from tests and gives back what they said.
package enum Tools {
  /// What a program did.
  package struct Result: Sendable {
    package let ending: ChildProcess.Ending
    /// Standard output and error as they came, each line made safe to show.
    package let lines: [String]
    package var text: String { lines.joined(separator: "\n") }
    /// The bytes as they came.
    package let bytes: [UInt8]
    package var code: Int32? {
      if case .exited(let code) = ending { code } else { nil }
    }
  }

  /// Runs a program to its end, at most a minute.
  @discardableResult
  package static func run(
    _ arguments: [String], input: FilePath? = nil, environment: [String: String] = [:],
    timeout: Duration = .seconds(60)
  ) throws -> Result {
    let loop = EventLoop()
    var result: Result?
    try loop.run(
      Command(arguments, standardInput: input, environment: environment), timeout: timeout,
      outputLimit: 1 << 24
    ) { outcome in
      result = Result(
        ending: outcome.ending, lines: outcome.output.lines, bytes: outcome.output.bytes)
      loop.stop()
    }
    try loop.run()
    guard let result else { throw SystemError("run", arguments.first ?? "", .timedOut) }
    return result
  }

  /// The path of one of our own executables, beside the running test bundle.
  package static func own(_ name: String) throws -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = try check("read link", "/proc/self/exe") {
      unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    }
    let executable = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return FilePath(executable).removingLastComponent().appending(name).string
  }
}
