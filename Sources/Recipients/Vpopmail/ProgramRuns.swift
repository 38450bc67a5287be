internal import SystemSupport

/// Why a program gave no answer, in one line that is safe to show.
struct ProgramFailure: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ command: Command, _ reason: String) {
    description = "unable to run \(command.typed): \(reason)"
  }
}

/// How programs are run.
struct ProgramLimits {
  /// How many run at the same time.
  var width = 2 * Workers.processorCount
  /// How long one may take.
  var timeout = Duration.seconds(120)
  /// The most that one may print: more than a million mailboxes.
  var output = 1 << 28
  /// Whether one, given by its number, has answered.
  var isAnswer: (Int, ChildProcess.Outcome) -> Bool = { $1.isSuccess }
  /// Whether the last line of one that failed is shown; not where it may hold a password or a hash.
  var showsLastLine: (BoundedOutput) -> Bool = { _ in true }
}

/// Runs programs, a few at a time, and makes something of what each has printed.
final class ProgramRuns<Answer> {
  private let loop = EventLoop()
  private let commands: [Command]
  private let limits: ProgramLimits
  private let parse: (Int, BoundedOutput) throws(ProgramFailure) -> Answer
  private var answers: [Result<Answer, ProgramFailure>?]
  private var (next, running) = (0, 0)
  /// The commands that have ended since that was told last.
  private var ended: [Int] = []

  /// - Parameters:
  ///   - commands: What to run.
  ///   - limits: How to run it.
  ///   - parse: Makes an answer of what a command has printed, given by its number, as soon as it
  ///     has ended well.
  init(
    _ commands: [Command], _ limits: ProgramLimits,
    parse: @escaping (Int, BoundedOutput) throws(ProgramFailure) -> Answer
  ) {
    self.commands = commands
    self.limits = limits
    self.parse = parse
    answers = Array(repeating: nil, count: commands.count)
  }

  /// Runs all the programs and waits for them.
  ///
  /// - Parameter tell: Called with the number of each that has ended.
  /// - Returns: The answer of each command, in their order.
  /// - Throws: `SystemError` when nothing can be waited for.
  func run(telling tell: (Int) -> Void = { _ in }) throws(SystemError) -> [Result<
    Answer, ProgramFailure
  >] {
    startSome()
    while running > 0 {
      try loop.turn()
      ended.forEach(tell)
      ended = []
    }
    return answers.compactMap { $0 }
  }

  private func startSome() {
    while running < limits.width, next < commands.count {
      let number = next
      next += 1
      do throws(SystemError) {
        try loop.run(commands[number], timeout: limits.timeout, outputLimit: limits.output) {
          [self] outcome in
          running -= 1
          note(answer(outcome, of: number), of: number)
          startSome()
        }
        running += 1
      } catch {
        note(.failure(ProgramFailure(commands[number], "\(error)")), of: number)
      }
    }
  }

  private func note(_ answer: Result<Answer, ProgramFailure>, of number: Int) {
    answers[number] = answer
    ended.append(number)
  }

  private func answer(
    _ outcome: ChildProcess.Outcome, of number: Int
  ) -> Result<Answer, ProgramFailure> {
    Result { () throws(ProgramFailure) in
      if let trouble = trouble(of: outcome, number) {
        throw ProgramFailure(commands[number], trouble)
      }
      return try parse(number, outcome.output)
    }
  }

  private func trouble(of outcome: ChildProcess.Outcome, _ number: Int) -> String? {
    if outcome.isTimedOut { return "took too long" }
    if limits.isAnswer(number, outcome) {
      return outcome.output.dropped > 0 ? "printed too much" : nil
    }
    guard limits.showsLastLine(outcome.output), let last = outcome.output.lines.last else {
      return "\(outcome.ending)"
    }
    return "\(outcome.ending): \(last)"
  }
}
