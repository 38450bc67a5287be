import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Triggers

/// A trigger pipe on a loop of its own, and what it reported.
final class PipeHarness: LoopHarness {
  let path: FilePath
  private(set) var pokes = 0
  private(set) var lines: [String] = []
  /// What the service does in answer to a poke.
  var onPoke: () -> Void = {}
  private var pipe: TriggerPipe?
  private let children = Children()

  /// The children that run: each is waited for, so that no test leaves a zombie behind.
  private final class Children { var running = 0 }

  init(_ path: FilePath) throws {
    self.path = path
    super.init()
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

  /// Waits until a poke is reported after this call.
  func waitForPoke() throws -> Bool {
    let before = pokes
    return try run { pokes > before }
  }

  /// Runs a shell's line with the pipe's path as `$1`, while the loop does not turn.
  func shell(_ line: String) throws {
    try runShell(line, path)
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

/// The ways in which people poke.
let pokeCommands = ["touch \"$1\"", "echo > \"$1\"", ": > \"$1\""]
