import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Triggers

/// A trigger pipe on a loop of its own, and what it reported.
final class PipeHarness {
  let loop = EventLoop()
  let path: FilePath
  private(set) var pokes = 0
  private(set) var lines: [String] = []
  /// How often the loop woke up.
  private(set) var turns = 0
  /// What the service does in answer to a poke.
  var onPoke: () -> Void = {}
  private var pipe: TriggerPipe?
  private let children = Children()

  /// The children that run: each is waited for, so that no test leaves a zombie behind.
  private final class Children { var running = 0 }

  init(_ path: FilePath) throws {
    self.path = path
    pipe = try TriggerPipe(
      path: path, on: loop, log: { [unowned self] in lines.append($0) },
      onPoke: { [unowned self] in
        pokes += 1
        onPoke()
      })
  }

  deinit {
    pipe = nil
    while children.running > 0 { if (try? loop.turn()) == nil { break } }
  }

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

  /// Waits until a poke is reported after this call.
  func waitForPoke() throws -> Bool {
    let before = pokes
    return try run { pokes > before }
  }

  /// Runs a shell's line with the pipe's path as `$1`, while the loop does not turn.
  func shell(_ line: String) throws {
    let result = try Tools.run(["sh", "-c", line, "sh", path.string])
    guard result.code == 0 else { throw ShellFailure(output: result.text) }
  }

  /// Starts a shell's line with the pipe's path as `$1` beside the loop.
  func start(_ line: String, _ completion: @escaping (ChildProcess.Outcome) -> Void) throws {
    try loop.run(
      Command(["sh", "-c", line, "sh", path.string]), timeout: .seconds(50),
      outputLimit: 1 << 20
    ) { [children] outcome in
      children.running -= 1
      completion(outcome)
    }
    children.running += 1
  }
}

struct ShellFailure: Error { let output: String }

/// The ways in which people poke.
let pokeCommands = ["touch \"$1\"", "echo > \"$1\"", ": > \"$1\""]
