package import SystemSupport

/// One line of svstat's output: whose status it is, and the status.
///
/// The grammar is that of daemontools 0.76 and daemontools-encore. A line that does not follow it
/// keeps its text as it is.
package struct SvstatLine: Equatable, Sendable {
  /// The service as it was named on svstat's command line: foreign bytes, not yet safe to show.
  ///
  /// encore adds the word `log` for a log script.
  package let name: String
  package let status: ServiceStatus

  /// Takes a line apart.
  ///
  /// A name may itself hold `: `. So the text begins at the first place after which all the rest
  /// follows the grammar; failing that, after the first `: `.
  ///
  /// - Parameters:
  ///   - line: The line, with or without its newline.
  ///   - now: The moment at which svstat ran, from which the seconds count back.
  package init(_ line: String, at now: Timestamp = .now) {
    let words = line.last == "\n" ? line.dropLast() : line[...]
    var unrecognized: SvstatLine?
    for place in words.indices where words[place...].hasPrefix(": ") {
      let name = String(words[..<place])
      let text = words[place...].dropFirst(2)
      if let status = Self.status(text, at: now) {
        self.name = name
        self.status = status
        return
      }
      unrecognized =
        unrecognized
        ?? SvstatLine(name: name, status: ServiceStatus(.unrecognized(text: String(text))))
    }
    self =
      unrecognized
      ?? SvstatLine(name: "", status: ServiceStatus(.unrecognized(text: String(words))))
  }

  private init(name: String, status: ServiceStatus) {
    self.name = name
    self.status = status
  }
}

extension ServiceStatus {
  /// The status in one line of svstat's output, whoever it is about: see `SvstatLine`.
  package static func parse(svstatLine line: String, at now: Timestamp = .now) -> ServiceStatus {
    SvstatLine(line, at: now).status
  }
}

// MARK: - The grammar

extension SvstatLine {
  /// The status that a text after `NAME: ` tells; nil when it does not follow the grammar.
  private static func status(_ text: Substring, at now: Timestamp) -> ServiceStatus? {
    failure(text) ?? success(text, at: now)
  }

  /// The two forms that mean that no supervise runs, and the ones that tell an obstacle.
  private static func failure(_ text: Substring) -> ServiceStatus? {
    if text == "supervise not running" || text == "unable to open supervise/ok: file does not exist"
    {
      return ServiceStatus(.notSupervised(reason: String(text)))
    }
    let verbs = [
      "chdir", "stat down", "open supervise/ok", "open supervise/status",
      "read supervise/status",
    ]
    let isObstacle = verbs.contains { text.hasPrefix("unable to \($0): ") }
    // encore names the real path of the control directory.
    let isEncores = text.hasPrefix("unable to open /") || text.hasPrefix("unable to read /")
    guard isObstacle || isEncores || text == "no log service" else { return nil }
    return ServiceStatus(.unavailable(reason: String(text)))
  }

  private static func success(_ text: Substring, at now: Timestamp) -> ServiceStatus? {
    var scanner = WordScanner(text)
    let state: ServiceStatus.State
    if scanner.skip("up (pid ") {
      guard let number = scanner.number(), let pid = Int32(exactly: number), scanner.skip(") ")
      else { return nil }
      state = .up(pid: pid)
    } else {
      guard scanner.skip("down ") else { return nil }
      state = .down
    }
    guard let seconds = scanner.number(), scanner.skip(" seconds") else { return nil }
    return marked(state, seconds: seconds, &scanner, at: now)
  }

  /// The marks after the seconds, each at most once and in svstat's order.
  private static func marked(
    _ state: ServiceStatus.State, seconds: Int64, _ scanner: inout WordScanner, at now: Timestamp
  ) -> ServiceStatus? {
    let isUp = state != .down
    let isNormal = !scanner.skip(isUp ? ", normally down" : ", normally up")
    let isPaused = isUp && scanner.skip(", paused")
    var want: ServiceStatus.Want?
    if scanner.skip(isUp ? ", want down" : ", want up") { want = isUp ? .down : .up }
    if isUp, scanner.skip(", once") { want = .once }
    let phase = ServiceStatus.Phase.allCases.first { scanner.skip(", " + $0.words) }
    guard scanner.isAtEnd, want != .once || phase != nil else { return nil }
    let since = now.seconds.subtractingReportingOverflow(seconds)
    return ServiceStatus(
      state, since: since.overflow ? nil : Timestamp(seconds: since.partialValue, nanoseconds: 0),
      seconds: seconds, isNormallyUp: isNormal == isUp, isPaused: isPaused, want: want,
      phase: phase)
  }
}

/// Steps through fixed words and decimal numbers.
private struct WordScanner {
  private var rest: Substring

  init(_ text: Substring) { rest = text }

  var isAtEnd: Bool { rest.isEmpty }

  /// Steps over a text if it comes next.
  mutating func skip(_ text: String) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  /// Steps over decimal digits; nil when there are none or too many.
  mutating func number() -> Int64? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let value = Int64(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    return value
  }
}
