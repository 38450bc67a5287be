internal import Console
internal import Glibc
internal import SystemPackage
internal import SystemSupport
internal import ToolSupport

/// A script of keys that drives the console: `key NAME...`, `text STRING`, `wait TEXT`, `dump FILE`.
///
/// `wait` goes on when the text is on the screen, and `wait idle` when nothing is running. `dump -`
/// writes to standard output. Lines that begin with `#` are notes.
final class KeyScript {
  private enum Step {
    case keys([Key])
    case text(String)
    case wait(String)
    case dump(FilePath)
  }

  private var steps: [Step]
  private let program: ConsoleProgram
  private var deadline: EventLoop.Token?
  private var isStepping = false
  /// What went wrong; nil when all steps were taken.
  private(set) var failure: String?

  /// How long a `wait` may take.
  private static let patience = Duration.seconds(30)

  /// - Throws: `ToolFailure` when the script cannot be read or understood.
  init(_ path: FilePath, for program: ConsoleProgram) throws {
    self.program = program
    let bytes = try FileReading.contents(of: path, limit: 1 << 20)
    steps = try NumberedLines(bytes).compactMap { line in
      let text = String(decoding: line.bytes, as: UTF8.self)
      if text.isEmpty || text.hasPrefix("#") { return nil }
      guard let step = Self.step(text) else {
        throw ToolFailure(
          .configuration,
          "\(path.visible):\(line.number): expected key, text, wait or dump with a word after it")
      }
      return step
    }
  }

  private static func step(_ line: String) -> Step? {
    guard let space = line.firstIndex(of: " ") else { return nil }
    let rest = String(line[line.index(after: space)...])
    switch line[..<space] {
    case "key":
      let names = rest.split(separator: " ")
      let keys = names.compactMap { Key(name: String($0)) }
      return keys.count == names.count ? .keys(keys) : nil
    case "text": return .text(rest)
    case "wait": return .wait(rest)
    case "dump": return .dump(FilePath(rest))
    default: return nil
    }
  }

  /// Takes the steps that can be taken now; called after each event.
  func advance() {
    guard !isStepping else { return }
    isStepping = true
    defer { isStepping = false }
    while let step = steps.first, take(step) {
      steps.removeFirst()
      program.loop.cancel(deadline)
      deadline = nil
    }
    if steps.isEmpty { return program.end() }
    guard deadline == nil, case .wait(let text)? = steps.first else { return }
    deadline = program.loop.schedule(after: Self.patience) { [self] in
      failure = "waited in vain for: \(VisibleText.escape(text))"
      program.end(code: 1)
    }
  }

  /// Takes a step.
  ///
  /// - Returns: Whether it is done.
  private func take(_ step: Step) -> Bool {
    switch step {
    case .keys(let keys): keys.forEach { program.press($0) }
    case .text(let text): text.forEach { program.press(.character($0)) }
    case .wait("idle"): return !program.state.isBusy
    case .wait(let text): return program.screen.text.contains(text)
    case .dump(let path): dump(to: path)
    }
    return true
  }

  private func dump(to path: FilePath) {
    let bytes = Array(program.screen.text.utf8)
    do {
      if path == "-" {
        let output = StandardOutput()
        try output.write(bytes)
        try output.finish()
      } else {
        let file = try OwnedDescriptor(
          opening: path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.write(bytes, subject: path.visible)
      }
    } catch {
      failure = "\(error)"
    }
  }
}
