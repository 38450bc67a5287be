internal import SystemPackage
internal import SystemSupport

/// Asks vpopmail's own programs for the mailboxes and aliases that its SQL database holds.
///
/// `vuserinfo` prints nothing and exits 0 for a domain that it cannot read: no mailbox at all is
/// taken for a failure, since a domain has at least its postmaster.
struct VpopmailPrograms {
  /// A recipient, and the program that listed it.
  struct Recipient: Equatable {
    let name: [UInt8]
    let origin: RecipientOrigin
  }

  /// What a domain's programs said.
  typealias Answer = Result<[Recipient], Failure>

  /// Why a domain could not be listed, in one line that is safe to show.
  struct Failure: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  /// The directory of the programs.
  let directory: FilePath
  /// Whether each mailbox takes mail for its extensions.
  let hasExtensions: Bool
  /// How many programs run at the same time.
  var width = 2 * Workers.processorCount
  /// How long a program may take.
  var timeout = Duration.seconds(120)

  /// The programs of a server; nil when it has no vpopmail.
  init?(_ settings: VpopmailSettings) {
    guard let programs = settings.programs else { return nil }
    directory = programs
    hasExtensions = settings.hasExtensions
  }

  /// What is wrong with a domain that only programs can list, when there are none.
  static let absence = "it has no vpasswd, and there is no user vpopmail whose programs could tell"

  /// The most that a program may print: more than a million mailboxes.
  fileprivate static let outputLimit = 1 << 28

  /// Asks for several domains, a few at a time.
  ///
  /// - Parameters:
  ///   - queries: The domains.
  ///   - answered: Called with each domain when its programs have ended.
  /// - Returns: An answer for each domain.
  /// - Throws: `SystemError` when nothing can be waited for.
  func ask(
    _ queries: [VpopmailQuery], answered: (VpopmailQuery) -> Void = { _ in }
  ) throws(SystemError) -> [VpopmailQuery: Answer] {
    let run = Run(self, queries)
    while run.isBusy {
      try run.loop.turn()
      run.takeAnswered().forEach(answered)
    }
    return run.answers
  }

  fileprivate enum Program: CaseIterable {
    case vuserinfo
    case valias
  }

  fileprivate func command(_ program: Program, _ query: VpopmailQuery) -> Command {
    let domain = String(decoding: query.domain, as: UTF8.self)
    return switch program {
    case .vuserinfo: Command([directory.appending("vuserinfo").string, "-D", domain])
    case .valias: Command([directory.appending("valias").string, "-s", domain])
    }
  }

  fileprivate func parse(
    _ outcome: ChildProcess.Outcome, of program: Program, _ command: Command
  ) -> Answer {
    let said = outcome.output
    guard outcome.isSuccess, said.dropped == 0 else {
      let last = said.lines.last.map { ": \($0)" } ?? ""
      let reason =
        outcome.isTimedOut
        ? "took too long" : outcome.isSuccess ? "printed too much" : "\(outcome.ending)\(last)"
      return .failure(Failure(description: "unable to run \(command.typed): \(reason)"))
    }
    let origin = RecipientOrigin.program(command.typed)
    let names = NumberedLines(said.bytes).compactMap { name($0.bytes, by: program) }
    if program == .vuserinfo, names.isEmpty {
      return .failure(Failure(description: "unable to run \(command.typed): it lists no mailbox"))
    }
    let extended = program == .vuserinfo && hasExtensions ? names.map { $0 + "-default".utf8 } : []
    return .success((names + extended).map { Recipient(name: $0, origin: origin) })
  }

  /// The recipient in a line: `name:   x` of vuserinfo, `x@domain -> instruction` of valias.
  private func name(_ line: ArraySlice<UInt8>, by program: Program) -> [UInt8]? {
    switch program {
    case .vuserinfo:
      guard line.starts(with: "name:".utf8) else { return nil }
      let rest = line.dropFirst(5).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      let name = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }
      return name.isEmpty ? nil : Array(name)
    case .valias:
      guard let at = line.firstIndex(of: UInt8(ascii: "@")), at > line.startIndex else {
        return nil
      }
      return Array(line[..<at])
    }
  }
}

/// The programs that run and those that wait for their turn.
private final class Run {
  let loop = EventLoop()
  private(set) var answers: [VpopmailQuery: VpopmailPrograms.Answer] = [:]
  private var answered: [VpopmailQuery] = []
  private let programs: VpopmailPrograms
  private var waiting: [(VpopmailPrograms.Program, VpopmailQuery)]
  private var running = 0

  init(_ programs: VpopmailPrograms, _ queries: [VpopmailQuery]) {
    self.programs = programs
    waiting = queries.flatMap { query in
      VpopmailPrograms.Program.allCases.map { ($0, query) }
    }.reversed()
    startSome()
  }

  var isBusy: Bool { running > 0 }

  /// The domains whose programs have ended since the last time.
  func takeAnswered() -> [VpopmailQuery] {
    defer { answered = [] }
    return answered
  }

  private func startSome() {
    while running < programs.width, let (program, query) = waiting.popLast() {
      let command = programs.command(program, query)
      do throws(SystemError) {
        try loop.run(
          command, timeout: programs.timeout, outputLimit: VpopmailPrograms.outputLimit
        ) { [self] outcome in
          running -= 1
          note(programs.parse(outcome, of: program, command), of: query)
          startSome()
        }
        running += 1
      } catch {
        note(.failure(VpopmailPrograms.Failure(description: "\(error)")), of: query)
      }
    }
  }

  private func note(_ answer: VpopmailPrograms.Answer, of query: VpopmailQuery) {
    guard let earlier = answers[query] else {
      answers[query] = answer
      return
    }
    answers[query] = earlier.flatMap { names in answer.map { names + $0 } }
    answered.append(query)
  }
}
