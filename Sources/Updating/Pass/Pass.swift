internal import SystemSupport

/// One pass over all rules: survey, decide, and under the lock run what is due, in order.
///
/// When the rules turn out not to be those that are present (see `PassRules`), what the first builder
/// has made is thrown away, and the pass begins once more.
///
/// Everything happens on the loop; the completion comes once.
package final class Pass {
  private let environment: PassEnvironment
  private let states: StateCache
  private let order: PassOrder
  private let completion: (PassResult) -> Void
  private let surveyor: Surveyor
  private var lock: FileLock?
  private var waiting: ChildProcess?
  private var rules: PassRules?
  /// Why the present run counts for nothing: its rule may not be there any more.
  private var obsolescence: Obsolescence?
  private var position = 0
  private var blocked: Set<String> = []
  private var result = PassResult()
  private var current: (any RuleRun)?
  /// When others are told that the present run goes on.
  private var telling: EventLoop.Token?
  /// Whether the present run does again what failed, with nothing changed.
  private var isRetry = false
  private var attempts = 0
  /// How often the present rule was put off because an input is still private.
  private var delays = 0

  /// A run that is over sooner is told only then: its builder has the machine for itself.
  private static let untold = Duration.milliseconds(10)
  /// How often a product is built in a row while its inputs keep changing.
  private static let attemptLimit = 3

  package init(
    _ order: PassOrder, in environment: PassEnvironment, states: StateCache,
    _ completion: @escaping (PassResult) -> Void
  ) {
    self.order = order
    self.environment = environment
    self.states = states
    self.completion = completion
    surveyor = Surveyor(environment.settings)
  }

  /// Takes the lock and begins; who holds it meanwhile is told in the log.
  package func start() {
    do {
      let lock = try environment.store.openLock()
      self.lock = lock
      environment.lock = lock
      waiting = environment.loop.acquire(
        lock, as: environment.program, isBrief: true,
        waiting: { [environment] holder in
          environment.journal.note("lock", "held by \(holder), waiting")
        },
        { [self] error in
          waiting = nil
          if let error { return end(failure: "\(error)") }
          begin()
        })
    } catch {
      end(failure: "\(error)")
    }
  }

  /// Ends the pass after the step that is running, which is asked to stop.
  package func stop() {
    result.isStopped = true
    waiting?.stop()
    current?.stop()
  }

  private func begin() {
    guard !result.isStopped else { return end() }
    states.removeLeftovers(isDue: lock?.isInherited == true)
    do {
      rules = try PassRules(environment.catalogue)
    } catch {
      return end(failure: "\(error)")
    }
    work()
  }

  /// Makes sure that the rules are those that are present.
  ///
  /// - Returns: Whether they are; if not, the pass goes on with those that are, from the first one.
  private func confirm() throws -> Bool {
    guard try rules?.confirm() == false else { return true }
    position = 0
    blocked = []
    attempts = 0
    delays = 0
    let isStopped = result.isStopped
    result = PassResult()
    result.isStopped = isStopped
    return false
  }

  private func end(failure: String? = nil) {
    lock?.release()
    lock = nil
    environment.lock = nil
    result.failure = failure
    completion(result)
  }
}

// MARK: - One rule after the other

extension Pass {
  /// Goes on with the rules until one has to run, or all are done.
  private func work() {
    do {
      repeat {
        while let rule = rules?[position], !result.isStopped {
          switch try look(at: rule) {
          case .next: position += 1
          case .again: break
          case .pause: return
          }
        }
      } while try !result.isStopped && !confirm()
      end()
    } catch {
      end(failure: "\(error)")
    }
  }

  /// How the pass goes on after a look at a rule.
  private enum Step {
    /// With the next rule.
    case next
    /// With the rule whose turn it is now.
    case again
    /// When what has been started ends.
    case pause
  }

  /// Looks at one rule, and does what is to be done about it.
  ///
  /// - Throws: What `confirm` throws.
  private func look(at rule: Rule) throws -> Step {
    var state = states.state(of: rule.name)
    var isNews = state.running != nil
    if isNews { state.running = nil }
    let observation = observe(rule, state)
    let verdict = Judge(observation, state).verdict(at: .now)
    let decision = Decision.about(
      rule, verdict: verdict, isOpaque: rule.isOpaque || state.record?.isOpaque == true,
      order: order, blockers: blockers(of: rule))
    switch decision {
    case .run(let cause):
      if !rule.isMadeBeside, try !confirm() { return .again }
      if let delay = unsettled(rule, observation) {
        environment.loop.schedule(after: delay) { [self] in work() }
        return .pause
      }
      run(rule, state, observation, verdict, because: cause)
      return .pause
    case .skip(let blocker):
      if try !confirm() { return .again }
      let waits = "waits for \(blocker)"
      let reasons = wording.reasons(for: verdict)
      let line = state.take(
        verdict, reasons, announcing: "\(waits), which is not in order", order, &isNews)
      if let line { environment.journal.note(rule.name, line) }
      conclude(rule, state, verdict, run: nil, skipped: waits)
    case .leave:
      if RecordKeeping.refresh(&state, verdict, observation) { isNews = true }
      let reasons = wording.reasons(for: verdict)
      let line = state.take(verdict, reasons, announcing: nil, order, &isNews)
      if isNews || line != nil, try !confirm() { return .again }
      if let line { environment.journal.note(rule.name, line) }
      conclude(rule, state, verdict, run: nil, skipped: nil, isNews: isNews)
    }
    return .next
  }

  private func observe(_ rule: Rule, _ state: RuleState) -> RuleObservation {
    let digest = environment.catalogue.digest(of: rule, key: state.key)
    return surveyor.observe(rule, state, digest: digest)
  }

  private func blockers(of rule: Rule) -> [String] {
    guard !blocked.isEmpty, let rules else { return [] }
    return Array(rules.dependencies(of: rule).intersection(blocked))
  }

  private var wording: Wording { Wording(environment.settings, now: .now) }

  private func conclude(
    _ rule: Rule, _ state: RuleState, _ verdict: Verdict, run: RunReport?, skipped: String?,
    isNews: Bool = true
  ) {
    states.save(state, isNews: isNews)
    if rule.isOpaque || state.record?.isOpaque == true { result.hasOpaqueRules = true }
    if verdict.isTrouble || skipped != nil { blocked.insert(rule.name) }
    attempts = 0
    delays = 0
    result.entries.append(
      PassResult.Entry(rule: rule, verdict: verdict, run: run, skipped: skipped))
  }

  /// How long to wait because an input of a service is still private, as vpopmail leaves it for a
  /// moment between its rename and its chmod; nil when there is no need, or it has lasted too long.
  private func unsettled(_ rule: Rule, _ observation: RuleObservation) -> Duration? {
    guard case .service = rule.product, delays < 8 else { return nil }
    guard observation.hasPrivateInput(since: environment.settings.settleLimit) else { return nil }
    delays += 1
    return environment.settings.settle
  }
}

// MARK: - Running

extension Pass {
  private func run(
    _ rule: Rule, _ state: RuleState, _ observation: RuleObservation, _ verdict: Verdict,
    because cause: Decision.Cause
  ) {
    let began = Timestamp.now
    let start = Instant.now
    isRetry = state.failure.map { observation.hasSameInputs(as: $0.inputs) } ?? false
    // Asked for only when the action has been started, which has not waited for the words.
    lazy var why = tell(cause, verdict, of: rule)
    let isForced = order.forced.contains(rule.name)
    let run = ActionRunner.run(
      of: rule, isForced: isForced, in: environment, mayReplace: confirmRun
    ) { [self] outcome in
      environment.loop.cancel(telling)
      current = nil
      guard confirmRun() else { return goOnWithoutOutcome() }
      let report = RunReport(
        result: outcome.result, by: environment.identity, why: why, began: began,
        duration: (.now - start).wholeNanoseconds, command: outcome.command,
        ending: outcome.ending, output: Array(outcome.output.prefix(40)),
        records: outcome.records, summary: outcome.summary)
      finish(rule, state, observation, outcome, report)
    }
    current = run
    run.start()
    guard current === run else { return }
    let reasons = why
    telling = environment.loop.schedule(after: Self.untold) { [self] in
      guard confirmRun() else { return run.stop() }
      lock?.tellHolder(environment.program)
      var state = state
      state.state = "building"
      state.reasons = reasons
      state.running = RuleState.Running(
        by: environment.identity, pid: ownProcessNumber(), since: began, why: reasons)
      states.save(state)
    }
  }

  /// Puts into words why a rule is run, and tells it to the log, unless it does again what failed.
  private func tell(
    _ cause: Decision.Cause, _ verdict: Verdict, of rule: Rule
  ) -> [String] {
    let why = cause.inWords(wording.reasons(for: verdict))
    if !isRetry || order.asked != nil {
      let word = attempts == 0 ? "stale" : "stale again"
      environment.journal.note(rule.name, "\(word): " + why.joined(separator: "; "))
    }
    return why
  }

  /// Whether the rule that runs is one of those that are present.
  private func confirmRun() -> Bool {
    guard obsolescence == nil else { return false }
    do {
      if try confirm() { return true }
      obsolescence = .changed
      environment.journal.note("pass", "begins once more: the rules have changed")
    } catch {
      obsolescence = .unknown("\(error)")
    }
    return false
  }

  /// Goes on when the outcome of a run counts for nothing.
  private func goOnWithoutOutcome() {
    let obsolescence = obsolescence
    self.obsolescence = nil
    if case .unknown(let failure) = obsolescence { return end(failure: failure) }
    work()
  }

  private func finish(
    _ rule: Rule, _ state: RuleState, _ observation: RuleObservation, _ outcome: RunOutcome,
    _ report: RunReport
  ) {
    var state = state
    state.running = nil
    if isNews(outcome, state) {
      environment.journal.note(outcome, of: rule, after: report.duration, environment.settings)
    } else if !isRetry {
      // After a line that says why it ran.
      let took = Self.words(report.duration)
      environment.journal.note(rule.name, "failed as before, after \(took)")
    }
    RecordKeeping.keep(outcome, report, of: observation, in: &state, by: surveyor)
    if result.isStopped, outcome.result == .failed { state.failure = nil }
    let after = observe(rule, state)
    var verdict = Judge(after, state).verdict(at: .now)
    if case .stale = verdict, outcome.result.isSuccess, !result.isStopped {
      attempts += 1
      if attempts < Self.attemptLimit {
        states.save(state)
        return work()
      }
      environment.journal.note(rule.name, "its inputs keep changing, another pass will follow")
      result.isUnsettled = true
    }
    if case .failed = outcome.result, let failure = state.failure { verdict = .failed(failure) }
    state.state = verdict.word
    state.reasons = wording.reasons(for: verdict)
    state.judged = .now
    if order.asked == nil { state.announced = Announcement(verdict, state.reasons, nil).key }
    conclude(rule, state, verdict, run: report, skipped: nil)
    position += 1
    work()
  }

  /// Whether the log does not know yet what came of a run.
  private func isNews(_ outcome: RunOutcome, _ state: RuleState) -> Bool {
    guard outcome.result == .failed, order.asked == nil,
      state.announced == Announcement.key(ofFailure: outcome.summary)
    else { return true }
    return !isRetry && state.runs.first?.output != Array(outcome.output.prefix(40))
  }
}
