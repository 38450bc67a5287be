internal import SystemPackage
internal import SystemSupport

/// Brings the previous product of a rule back, at an operator's word.
///
/// The present product is kept in its stead, so that a second rollback undoes the first. The rule is
/// then held until it is forced or its inputs change.
package final class Rollback {
  private let name: String
  private let environment: PassEnvironment
  private let states: StateCache
  private let completion: (Result<RunReport, RollbackError>) -> Void
  private var lock: FileLock?

  package init(
    _ name: String, in environment: PassEnvironment, states: StateCache,
    _ completion: @escaping (Result<RunReport, RollbackError>) -> Void
  ) {
    self.name = name
    self.environment = environment
    self.states = states
    self.completion = completion
  }

  /// Takes the lock and begins; the completion comes on the loop, or at once.
  package func start() {
    do {
      try environment.store.prepare()
      let lock = try FileLock(environment.store.lockPath)
      self.lock = lock
      environment.loop.acquire(
        lock, as: environment.program,
        waiting: { [environment] holder in
          environment.journal.note("lock", "held by \(holder), waiting")
        },
        { [self] error in
          if let error { return finish(.failure(.system("\(error)"))) }
          finish(swapped())
        })
    } catch {
      finish(.failure(.system("\(error)")))
    }
  }

  private func finish(_ result: Result<RunReport, RollbackError>) {
    lock?.release()
    lock = nil
    completion(result)
  }

  private func swapped() -> Result<RunReport, RollbackError> {
    do {
      return .success(try swap())
    } catch let error as RollbackError {
      return .failure(error)
    } catch {
      return .failure(.system("\(error)"))
    }
  }

  private func swap() throws -> RunReport {
    // A rule that is there only with its product is wanted most when that was removed by accident.
    guard let rule = try environment.catalogue.all()[name] else {
      throw RollbackError.noSuchRule(name)
    }
    guard case .file(let product, let isDatabase) = rule.product else {
      throw RollbackError.service(name)
    }
    var state = states.state(of: name)
    let previous = PreviousProduct(name, environment.store)
    guard try FileStatus.of(previous.path) != nil else { throw RollbackError.nothingKept(name) }
    if case .unusable(let reason) = Surveyor(environment.settings).product(of: rule, state) {
      throw RollbackError.system("unable to replace \(product.visible): \(reason)")
    }
    let (began, start) = (Timestamp.now, Instant.now)
    let inspection = try Inspection(of: previous.path, replacing: product, isDatabase: isDatabase)
    try previous.swap(with: product)
    let counts = inspection.records.map { ": \($0)" } ?? ""
    let report = RunReport(
      result: .rolledBack, by: environment.identity, why: ["rolled back"], began: began,
      duration: (.now - start).wholeNanoseconds, records: inspection.records,
      summary: "rolled back\(counts)")
    remember(report, of: rule, in: &state)
    environment.journal.note(name, report.summary)
    return report
  }

  private func remember(_ report: RunReport, of rule: Rule, in state: inout RuleState) {
    state.add(report)
    state.hasPrevious = true
    state.failure = nil
    state.hold = nil
    let observation = Surveyor(environment.settings).observe(rule, state)
    state.record?.product = observation.product
    state.record?.adopted = nil
    var hold = RuleState.Hold(
      cause: .rollback, records: report.records, losing: [], since: report.began,
      inputs: observation.inputs)
    hold.rule = observation.ruleDigest
    state.hold = hold
    let verdict = Verdict.held(hold)
    state.state = verdict.word
    state.reasons = Wording(environment.settings, now: .now).reasons(for: verdict)
    state.judged = .now
    states.save(state)
  }
}

/// Why nothing was rolled back.
package enum RollbackError: Error, Equatable, CustomStringConvertible {
  case noSuchRule(String)
  case service(String)
  case nothingKept(String)
  case system(String)

  package var description: String {
    switch self {
    case .noSuchRule(let name): "no rule is called \(VisibleText.escape(name))"
    case .service(let name): "\(name) is a service, which has no previous version"
    case .nothingKept(let name): "no previous product of \(name) is kept"
    case .system(let reason): reason
    }
  }
}
