import Glibc
import Supervision
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// A real multilog, fed line by line from a test, beside a follower on one loop.
final class MultilogWriter {
  let directory: FilePath
  private let loop: EventLoop
  private let words: [String]
  private let fifo: FilePath
  private var input: OwnedDescriptor?
  private var child: ChildProcess?
  private var isRunning = false

  init(_ directory: FilePath, words: [String] = ["t", "s4096", "n10000"], on loop: EventLoop)
    throws
  {
    self.directory = directory
    self.loop = loop
    self.words = words
    fifo = directory.removingLastComponent().appending("multilog.input")
    mkfifo(fifo.string, 0o600)
    try start()
  }

  deinit {
    if isRunning, let child { kill(child.pid, SIGKILL) }
  }

  func start() throws {
    input = try OwnedDescriptor(opening: fifo, flags: O_RDWR)
    isRunning = true
    child = try loop.run(
      Command(["multilog"] + words + [directory.string], standardInput: fifo),
      timeout: .seconds(50)
    ) { [weak self] _ in self?.isRunning = false }
  }

  /// Writes a text as it is; more than a pipe takes waits for multilog.
  func write(_ text: String) throws { try input?.write(Array(text.utf8)) }

  /// Lets multilog read to the end and exit, as `svc -d` would.
  func finish() throws {
    input = nil
    try waitForEnd()
  }

  /// Kills multilog: the next start finds its `current` unsafe.
  func crash() throws {
    if let child { kill(child.pid, SIGKILL) }
    try waitForEnd()
  }

  private func waitForEnd() throws { try loop.turn(until: { !isRunning }) }
}

extension EventLoop {
  /// Turns until something holds, and looks every few milliseconds; at most 30 seconds.
  func turn(until isDone: () throws -> Bool) throws {
    let deadline = Instant.now + .seconds(30)
    while try !isDone() {
      guard Instant.now < deadline else { throw SystemError("wait", "", .timedOut) }
      let tick = schedule(after: .milliseconds(5)) {}
      try turn()
      cancel(tick)
    }
  }
}

/// Collects what a follower tells.
final class LogCollector {
  var lines: [LogLine] = []
  var gaps = 0
  var failures: [SystemError] = []
  private var follower: LogFollower?
  private let loop: EventLoop

  init(
    _ directory: FilePath, from start: LogFollower.Start, on loop: EventLoop,
    turnBytes: Int = 1 << 16
  ) throws {
    self.loop = loop
    follower = try LogFollower(directory, from: start, on: loop, turnBytes: turnBytes) {
      [weak self] in self?.take($0)
    }
  }

  var texts: [String] { lines.map { String(decoding: $0.text, as: UTF8.self) } }

  /// The numbers of the lines; 0 for what is no numbered line.
  var numbers: [Int] {
    texts.map { Int($0.drop { $0 != " " }.dropFirst().prefix { $0 != " " }) ?? 0 }
  }

  /// Whether each line has a greater number than the one before.
  var isAscending: Bool { zip(numbers, numbers.dropFirst()).allSatisfy(<) }

  private func take(_ event: LogFollower.Event) {
    switch event {
    case .lines(let new): lines += new
    case .gap: gaps += 1
    case .unavailable(let error): failures.append(error)
    }
  }

  /// Turns the loop until a number of lines have come, at most 30 seconds.
  func wait(for count: Int) throws {
    try loop.turn(until: { lines.count >= count })
  }

  /// Turns the loop until nothing more comes.
  func settle() throws {
    var isQuiet = false
    while !isQuiet {
      let before = lines.count
      var isDue = false
      loop.schedule(after: .milliseconds(50)) { isDue = true }
      while !isDue { try loop.turn() }
      isQuiet = follower?.isCaughtUp ?? true && lines.count == before
    }
  }
}

/// Lines that tell their numbers.
func numbered(_ range: ClosedRange<Int>) -> String {
  range.map { "line \($0) of a log that is not very long\n" }.joined()
}

/// Checks that the lines of a range have come, once each and in order.
func expectNumbers(
  _ collector: LogCollector, _ range: ClosedRange<Int>,
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(collector.numbers == range.map { $0 }, sourceLocation: location)
}
