package import QmailFiles
internal import SystemPackage
internal import SystemSupport
internal import Synchronization

/// Makes the list of a server's recipients from its files.
///
/// The recipients are those of John Simpson's mkvalidrcptto (2008-07-14), domain class by domain
/// class, with these differences on purpose:
/// - Comments, blank lines, lines without a colon and the case of names are as qmail reads them.
/// - Keys are in small letters, as the lookup is, sorted and unique.
/// - Of two lines of `virtualdomains` for one name the last counts, as in qmail.
/// - `=` lines of `users/assign` match, and so do prefixes of the target's own extensions.
/// - What cannot be read or parsed, and a domain that nothing handles, is an error; nothing is
///   thrown away silently. A catch-all of `virtualdomains` (an empty name) handles no domain.
/// - `control/validrcptto.reject` adds records that refuse, `control/validrcptto.exclude` stands for
///   the exclude list in the script, `control/validrcptto.d` for its directory of routed domains.
package struct RecipientListBuilder {
  /// Where the files lie.
  package var layout: ServerLayout
  /// Whether local domains and those of the alias user get no recipients: `-n`.
  package var leavesOutAliases = false
  /// Whether a domain that cannot be listed is skipped: `--keep-going`.
  package var keepsGoing = false
  /// How many threads list domains; the list is the same for every number.
  package var workerCount = Workers.processorCount
  /// Gets what was decided, a line a domain, safe to show; nil when nobody wants to know.
  package var note: ((String) -> Void)?
  /// Gets what is odd, and what was skipped, in lines that are safe to show.
  package var warn: (String) -> Void = { _ in }
  /// Gets how many domains are done, of how many.
  package var progress: (Int, Int) -> Void = { _, _ in }

  /// Gets all that was read, before anything can be refused; some of it more than once.
  package var noteSources: (([RecipientSource]) throws -> Void)?

  package init(_ layout: ServerLayout) { self.layout = layout }

  /// Reads everything and makes the list.
  ///
  /// - Throws: `RecipientError` with all that is wrong, or, if `keepsGoing`, with what is about no
  ///   domain alone; the error of a file that all domains depend on.
  package func build() throws -> RecipientList { try round(through: try plan()).list }

  /// Reads everything but what only one domain needs.
  func plan() throws -> RecipientPlan {
    var reader = SourceReader()
    do {
      return try RecipientPlan(
        layout: layout, leavesOutAliases: leavesOutAliases, reader: &reader)
    } catch {
      try noteSources?(reader.sources)
      throw error
    }
  }

  /// What a round through domains has given.
  struct Round {
    let list: RecipientList
    /// What was read of each domain that needs nothing but files, and was listed without trouble.
    let readings: [DomainReading]
  }

  /// Lists domains.
  ///
  /// - Parameters:
  ///   - plan: All that must be known before.
  ///   - part: The domains to list; nil is all.
  /// - Returns: Their recipients, and how they were found.
  /// - Throws: `RecipientError`, as `build`; what `noteSources` throws.
  func round(
    through plan: RecipientPlan, _ part: PartOfPlan? = nil
  ) throws -> Round {
    let numbers = part?.numbers ?? Array(plan.domains.indices)
    var listings = listDomains(numbers, of: plan)
    listings.append(try queryVpopmail(for: listings.flatMap(\.queries), plan, total: numbers.count))
    listings.append(Listing(single: plan, part))
    try noteSources?(
      plan.sources + listings.flatMap(\.reader.sources) + (part?.knownSources ?? []))
    try report(listings, plan)
    let readings = listings.flatMap(\.readings)
    let arenas = listings.map(\.keys).filter { $0.count > 0 }
    listings = []
    return Round(list: RecipientList(arenas, workerCount: workerCount), readings: readings)
  }

  private func report(_ listings: [Listing], _ plan: RecipientPlan) throws {
    if let note {
      let decisions = listings.flatMap(\.decisions).sorted { $0.index < $1.index }
      for (index, decision) in decisions {
        let domain = plan.domains[index].domain
        note("\(VisibleText.escape(domain.name)) (\(domain.assigned)): \(decision)")
      }
    }
    for warning in plan.served.warnings { warn(warning) }
    for warning in listings.flatMap(\.warnings).sorted() { warn(warning) }
    let problems =
      plan.problems
      + listings.flatMap(\.problems).sorted { "\($0)" < "\($1)" }
    // What is about no domain alone, such as the aliases, would be missing from several.
    let fatal = keepsGoing ? problems.filter { $0.domain == nil } : problems
    if !fatal.isEmpty { throw RecipientError(problems: fatal) }
    for problem in problems { warn("skipped: \(problem)") }
    if listings.contains(where: \.keys.isOverfull) {
      throw RecipientError(problems: [RecipientProblem(nil, "the addresses pass 4 GiB")])
    }
  }
}

/// A domain that vpopmail's programs must be asked for.
private struct Query: Sendable {
  let query: VpopmailQuery
  let domain: [UInt8]
  /// Where the domain's `.qmail` files lie.
  let directory: FilePath
  /// What is listed without asking: the keys that `.qmail` files stand for.
  let files: [[UInt8]]
}

/// What a worker has found.
private struct Listing: Sendable {
  var keys = KeyArena()
  var decisions: [(index: Int, decision: DomainDecision)] = []
  var queries: [Query] = []
  var problems: [RecipientProblem] = []
  var warnings: [String] = []
  var reader = SourceReader()
  var readings: [DomainReading] = []

  init() {}

  /// The keys that are named one by one: addresses of `virtualdomains`, those that are refused, and
  /// those that are left out.
  init(single plan: RecipientPlan, _ part: PartOfPlan?) {
    func append(_ key: [UInt8], _ mark: KeyEntry.Mark) {
      if part?.domains.holds(key) ?? true { keys.append(key: key, mark: mark) }
    }
    for address in plan.served.addresses { append(address.address, .accepted) }
    for key in plan.rejected.lines.keys { append(key, .rejected) }
    for key in plan.excluded.lines.keys { append(key, .excluded) }
  }
}

// MARK: - Domains

extension RecipientListBuilder {
  /// Lists the domains on several threads, each of which takes the next one until none is left.
  private func listDomains(_ numbers: [Int], of plan: RecipientPlan) -> [Listing] {
    let next = Atomic(0)
    // Those that programs must be asked for are not done yet.
    let done = Atomic(0)
    let listings = Mutex<[Listing]>([])
    let (keepsDecisions, total) = (note != nil, numbers.count)
    let reader = SourceReader(remembering: noteSources != nil)
    @Sendable func work(_ progress: (Int) -> Void) {
      let listing = Self.list(plan, reader, keepsDecisions: keepsDecisions) {
        let (index, _) = next.add(1, ordering: .relaxed)
        progress(done.load(ordering: .relaxed))
        return index < total ? numbers[index] : nil
      } finished: {
        done.add(1, ordering: .relaxed)
      }
      listings.withLock { $0.append(listing) }
    }
    Workers.run(min(workerCount, max(1, total))) {
      work { _ in }
    } here: {
      work { progress($0, total) }
    }
    progress(done.load(ordering: .relaxed), total)
    return listings.withLock { $0 }
  }

  private static func list(
    _ plan: RecipientPlan, _ reader: SourceReader, keepsDecisions: Bool, next: () -> Int?,
    finished: () -> Void
  ) -> Listing {
    var listing = Listing()
    var lister = DomainLister(
      layout: plan.layout, locals: plan.locals, hasExtensions: plan.vpopmail.hasExtensions,
      leavesOutAliases: plan.leavesOutAliases, reader: reader)
    while let index = next() {
      let (domain, count) = (plan.domains[index], listing.keys.count)
      let before = (sources: lister.reader.sources.count, warnings: lister.warnings.count)
      do {
        let decision = try lister.list(domain, into: &listing.keys)
        if case .queried(let query, let bouncing) = decision {
          // If the programs fail, the files' recipients are left out too.
          let files = listing.keys.removeAll(from: count)
          listing.queries.append(
            Query(
              query: query, domain: domain.name, directory: bouncing.directory, files: files))
        } else {
          finished()
          let warning = listing.keys.count == count ? plan.warning(ofEmpty: domain, decision) : nil
          if let warning { listing.warnings.append(warning) }
          // What warns must be read each time, to warn again.
          if lister.warnings.count == before.warnings, warning == nil {
            let sources = Array(lister.reader.sources[before.sources...])
            listing.readings.append(DomainReading(number: index, sources: sources))
          }
        }
        if keepsDecisions { listing.decisions.append((index, decision)) }
      } catch {
        listing.keys.truncate(to: count)
        listing.problems.append(RecipientProblem(domain.name, "\(error)"))
        finished()
      }
    }
    listing.reader = lister.reader
    listing.warnings += lister.warnings
    return listing
  }
}

// MARK: - vpopmail's programs

extension RecipientListBuilder {
  private func queryVpopmail(
    for queries: [Query], _ plan: RecipientPlan, total: Int
  ) throws -> Listing {
    var listing = Listing()
    guard !queries.isEmpty else { return listing }
    listing.reader.note(.programs)
    guard let programs = plan.vpopmail.programs else {
      listing.problems = queries.map { query in
        let absence = VpopmailPrograms.Absence(vpasswd: query.directory.appending("vpasswd"))
        return RecipientProblem(query.domain, "\(absence)")
      }
      return listing
    }
    let domains = Dictionary(grouping: queries, by: \.query).mapValues(\.count)
    var done = total - queries.count
    let answers = try programs.recipients(
      Array(domains.keys), hasExtensions: plan.vpopmail.hasExtensions
    ) { query in
      done += domains[query] ?? 0
      progress(done, total)
    }
    for query in queries {
      switch answers[query.query] {
      case .success(let recipients):
        for key in query.files { listing.keys.append(key: key) }
        for recipient in recipients {
          listing.keys.add(recipient.name, at: query.domain) { recipient.origin }
        }
      case .failure(let failure):
        listing.problems.append(RecipientProblem(query.domain, failure.description))
      case nil: break
      }
    }
    return listing
  }
}
