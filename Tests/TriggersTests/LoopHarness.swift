import SystemPackage
import SystemSupport
import TestSupport

/// An event loop that a test turns.
class LoopHarness {
  let loop = EventLoop()
  /// How often the loop woke up.
  private(set) var turns = 0

  /// Lets the loop turn until something is so, or the time is up.
  ///
  /// - Returns: Whether it is so.
  @discardableResult
  func run(atMost limit: Duration = .seconds(10), until isDone: () -> Bool) throws -> Bool {
    var isTimeUp = false
    let timer = loop.schedule(after: limit) { isTimeUp = true }
    defer { loop.cancel(timer) }
    while !isDone(), !isTimeUp {
      try loop.turn()
      turns += 1
    }
    return isDone()
  }

  /// Lets the loop turn for a while.
  func run(for duration: Duration) throws { try run(atMost: duration) { false } }
}

/// Runs a shell's line with a path as `$1`, while no loop turns.
func runShell(_ line: String, _ path: FilePath) throws {
  let result = try Tools.run(["sh", "-c", line, "sh", path.string])
  guard result.code == 0 else { throw ShellFailure(output: result.text) }
}

struct ShellFailure: Error { let output: String }
