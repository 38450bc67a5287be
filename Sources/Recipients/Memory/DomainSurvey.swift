internal import ConstantDatabase
internal import SystemPackage
internal import SystemSupport

/// The domains of a plan with the stamps that their sources have before any of them is listed.
struct DomainSurvey: Sendable {
  private struct Seen: Sendable {
    let sources: DomainSources?
    let stampSum: UInt64?
  }

  private let circumstances: [String]
  private let names: [[UInt8]]
  private let seen: [Seen]

  /// How many domains a thread looks at before it takes the next ones.
  private static let share = 64

  /// Looks at the sources of all domains.
  ///
  /// - Returns: Nil when what is remembered of these domains could not be told apart.
  init?(of plan: RecipientPlan, keepsGoing: Bool, workerCount: Int) {
    guard let circumstances = Circumstances.lines(of: plan, keepsGoing: keepsGoing) else {
      return nil
    }
    // With an @ in its name a domain has keys that look like another domain's.
    let isOdd = plan.domains.contains { domain in
      domain.name.contains { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "\n") }
    }
    if isOdd { return nil }
    self.circumstances = circumstances
    names = plan.domains.map(\.name)
    let starts = Array(stride(from: 0, to: plan.domains.count, by: Self.share))
    seen = Workers.map(starts.count, by: workerCount) { number in
      plan.domains[starts[number]...].prefix(Self.share).map { domain in
        let sources = DomainSources(of: domain, in: plan.layout)
        return Seen(sources: sources, stampSum: sources?.stampSum())
      }
    }.flatMap(\.self)
  }

  /// Which domains must be listed, since something may differ from what is remembered.
  ///
  /// - Returns: Nil when that is no small part of them, or nothing that is remembered counts.
  func part(beside memory: RecipientMemory) -> PartOfPlan? {
    guard memory.circumstances == circumstances else { return nil }
    var rest = memory.domains[...]
    var (stale, gone) = ([Int](), [[UInt8]]())
    var known: [(number: Int, marks: UInt64)] = []
    for (number, name) in names.enumerated() {
      while let old = rest.first, old.name.lexicographicallyPrecedes(name) {
        gone.append(old.name)
        rest.removeFirst()
      }
      if let old = rest.first, old.name == name {
        rest.removeFirst()
        if let sum = old.stampSum, sum == seen[number].stampSum {
          known.append((number, old.marks))
          continue
        }
      }
      stale.append(number)
    }
    gone += rest.map(\.name)
    guard 2 * (stale.count + gone.count) <= names.count else { return nil }
    return PartOfPlan(
      numbers: stale, domains: DomainNames(stale.map { names[$0] } + gone), known: known,
      knownSources: known.flatMap { seen[$0.number].sources?.marked($0.marks) ?? [] })
  }

  /// What is to be remembered after domains were listed.
  ///
  /// - Parameters:
  ///   - database: The .cdb file that holds the recipients of all domains now.
  ///   - readings: What was read of the domains that were listed without trouble.
  ///   - part: Which domains were listed; nil is all.
  /// - Returns: What the next run needs.
  func memory(
    of database: DatabaseSum, after readings: [DomainReading], _ part: PartOfPlan?
  ) -> RecipientMemory {
    var domains = names.map { RecipientMemory.Domain(unknown: $0) }
    func remember(_ number: Int, _ marks: UInt64) {
      domains[number].stampSum = seen[number].stampSum
      domains[number].marks = marks
    }
    for (number, marks) in part?.known ?? [] { remember(number, marks) }
    for reading in readings {
      if let marks = seen[reading.number].sources?.marks(of: reading) {
        remember(reading.number, marks)
      }
    }
    return RecipientMemory(circumstances: circumstances, database: database, domains: domains)
  }
}
