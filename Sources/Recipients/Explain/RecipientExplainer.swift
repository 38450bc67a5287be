internal import ConstantDatabase
package import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Explains what becomes of mail for an address.
///
/// Only what concerns the address's domain is read, so that an answer takes milliseconds on a
/// server with a million mailboxes.
package struct RecipientExplainer {
  /// Where the files lie.
  package var layout: ServerLayout
  /// The .cdb in use.
  package var database: FilePath
  /// Whether local domains and those of the alias user get no recipients: `-n`.
  package var leavesOutAliases = false

  /// - Parameters:
  ///   - layout: Where the files lie.
  ///   - database: The .cdb in use; nil is where it usually lies.
  package init(_ layout: ServerLayout, database: FilePath? = nil) {
    self.layout = layout
    self.database = database ?? layout.validRecipients
  }

  /// Explains one address; nil when it is none: without a domain nothing can be looked up.
  ///
  /// What cannot be read becomes part of the answer.
  package func explain(_ address: [UInt8]) -> RecipientExplanation? {
    guard let question = RecipientQuestion(address) else { return nil }
    let fresh = freshAnswer(to: question)
    return RecipientExplanation(
      address: address, domain: fresh.domain, database: database,
      inUse: answerInUse(to: question), fresh: fresh.answer, absence: fresh.absence,
      obstacles: fresh.obstacles)
  }
}

// MARK: - The .cdb in use

extension RecipientExplainer {
  private func answerInUse(to question: RecipientQuestion) -> RecipientExplanation.Answer {
    do {
      guard try FileStatus.of(database) != nil else { return .missing }
      let records = try ConstantDatabase(opening: database)
      return try Self.steps(question) { key in
        try records.value(for: key).map { value in
          RecipientExplanation.Hit(value: value, origin: nil)
        }
      }
    } catch {
      return .unavailable("\(error)")
    }
  }

  /// The keys in order, up to the first hit.
  private static func steps(
    _ question: RecipientQuestion, _ hit: ([UInt8]) throws -> RecipientExplanation.Hit?
  ) rethrows -> RecipientExplanation.Answer {
    var steps: [RecipientExplanation.Step] = []
    for key in question.keys {
      let step = RecipientExplanation.Step(key: key, hit: try hit(key))
      steps.append(step)
      if step.hit != nil { break }
    }
    return .steps(steps)
  }
}

// MARK: - The fresh list

/// What a list made now says.
private struct FreshAnswer {
  var domain: RecipientExplanation.DomainAnswer
  var answer: RecipientExplanation.Answer
  var absence: String?
  var obstacles: [String] = []
}

extension RecipientExplainer {
  private func freshAnswer(to question: RecipientQuestion) -> FreshAnswer {
    var reader = SourceReader()
    do {
      let plan = try RecipientPlan(
        layout: layout, leavesOutAliases: leavesOutAliases, only: question.domain, reader: &reader)
      var fresh = FreshAnswer(
        domain: Self.domain(of: question, plan.served), answer: .unavailable(""),
        obstacles: plan.problems.map(\.description))
      do {
        try answer(question, plan, &fresh)
      } catch {
        fresh.answer = .unavailable("\(error)")
        fresh.obstacles.append("\(error)")
      }
      return fresh
    } catch {
      // The files that name the domains may be sound all the same.
      let served = try? ServedDomains(of: layout, reader: &reader)
      return FreshAnswer(
        domain: served.map { Self.domain(of: question, $0) } ?? .unknown,
        answer: .unavailable("\(error)"), obstacles: ["\(error)"])
    }
  }

  private static func domain(
    of question: RecipientQuestion, _ served: ServedDomains
  ) -> RecipientExplanation.DomainAnswer {
    question.hosts.lazy.compactMap { served.accepted[$0] }.first.map { .taken($0) } ?? .notTaken
  }

  private func answer(
    _ question: RecipientQuestion, _ plan: RecipientPlan, _ fresh: inout FreshAnswer
  ) throws {
    let (sink, decision) = try listing(question, plan)
    fresh.answer = Self.steps(question) { key in
      if let line = plan.rejected.lines[key] {
        return .init(value: RecipientList.refusing, origin: .line(plan.rejected.path, line))
      }
      guard plan.excluded.lines[key] == nil else { return nil }
      return sink.origins[key].map { .init(value: [], origin: $0) }
    }
    guard case .steps(let steps) = fresh.answer, steps.last?.hit == nil else { return }
    fresh.absence = absence(of: question, sink, decision, plan)
  }

  /// The origins of the question's keys in its domain; no decision when nobody handles that.
  private func listing(
    _ question: RecipientQuestion, _ plan: RecipientPlan
  ) throws -> (OriginSink, DomainDecision?) {
    var sink = OriginSink(question)
    // Any key may be named: `user-default@domain` takes the extensions of a user.
    for address in plan.served.addresses where question.keys.contains(address.address) {
      sink.add(
        Array(address.address.dropLast(question.domain.count + 1)), at: question.domain
      ) { address.origin }
    }
    guard let planned = plan.domains.first else { return (sink, nil) }
    var lister = DomainLister(
      layout: layout, locals: plan.locals, hasExtensions: plan.vpopmail.hasExtensions,
      leavesOutAliases: leavesOutAliases)
    let decision = try lister.list(planned, into: &sink)
    if case .queried(let query, let bouncing) = decision {
      guard let programs = plan.vpopmail.programs else {
        throw VpopmailPrograms.Absence(vpasswd: bouncing.directory.appending("vpasswd"))
      }
      let answers = try programs.recipients(
        [query], hasExtensions: plan.vpopmail.hasExtensions)
      for recipient in try answers[query]?.get() ?? [] {
        sink.add(recipient.name, at: question.domain) { recipient.origin }
      }
    }
    return (sink, decision)
  }

  private func absence(
    of question: RecipientQuestion, _ sink: OriginSink, _ decision: DomainDecision?,
    _ plan: RecipientPlan
  ) -> String {
    if let key = question.keys.first(where: { sink.origins[$0] != nil }),
      let line = plan.excluded.lines[key]
    {
      return "\(plan.excluded.path.visible) line \(line) leaves out \(VisibleText.escape(key))"
    }
    if let decision { return decision.absence }
    let accepted = plan.served.accepted
    if accepted[question.domain] != nil {
      return "none of locals, virtualdomains and smtproutes names the domain"
    }
    return question.hosts.contains { accepted[$0] != nil }
      ? "the domain is taken by its ending only, and only domains named in full are listed"
      : "the domain is not in rcpthosts"
  }
}
