internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// All that must be known before domains are listed.
struct RecipientPlan: Sendable {
  let layout: ServerLayout
  let leavesOutAliases: Bool
  let served: ServedDomains
  let locals: LocalRecipients
  let vpopmail: VpopmailSettings
  /// The domains to list, in the order of their names.
  let domains: [PlannedDomain]
  let rejected: RecipientKeys
  let excluded: RecipientKeys
  /// What was read for all this, and by the reader before.
  let sources: [RecipientSource]

  /// Reads everything but what only one domain needs.
  ///
  /// - Parameters:
  ///   - layout: Where the files lie.
  ///   - leavesOutAliases: Whether local domains and those of the alias user get no recipients.
  ///   - only: The one domain to plan for; nil plans for all.
  ///   - reader: Remembers what was read, also when something is thrown.
  /// - Throws: `SystemError`, `ConstantDatabaseError` or `FileFormatError` of a file that all
  ///   domains depend on.
  init(
    layout: ServerLayout, leavesOutAliases: Bool, only: [UInt8]? = nil,
    reader: inout SourceReader
  ) throws {
    self.layout = layout
    self.leavesOutAliases = leavesOutAliases
    var served = try ServedDomains(of: layout, reader: &reader)
    reader.note(.file(layout.passwd))
    let users = try layout.readPasswordFile()
    vpopmail = try VpopmailSettings(of: layout, users: users, reader: &reader)
    let chosen = served.domains.filter { only == nil || $0.name == only }
    let addresses: [VirtualAddress]
    (domains, addresses) = try Self.homes(of: chosen, layout, users, &reader)
    served.add(addresses)
    self.served = served
    let needsLocals =
      !leavesOutAliases && chosen.contains { $0.handling == .local || $0.handling == .aliases }
    locals =
      needsLocals
      ? LocalRecipients(of: layout, users: users, reader: &reader) : LocalRecipients()
    rejected = try RecipientKeys(of: layout.rejectedRecipients, reader: &reader)
    excluded = try RecipientKeys(of: layout.excludedRecipients, reader: &reader)
    sources = reader.sources
  }

  /// What is wrong with the plan as a whole.
  var problems: [RecipientProblem] {
    served.problems + locals.problems + rejected.problems + excluded.problems
  }

  /// What is odd about a domain of which nothing was listed, in a line that is safe to show; nil
  /// when that is as it should be.
  func warning(ofEmpty domain: PlannedDomain, _ decision: DomainDecision) -> String? {
    guard let reason = decision.emptiness,
      !served.addresses.contains(where: { $0.domain.elementsEqual(domain.name) })
    else { return nil }
    // Nothing but the alias user was left: vpopmail's or qmail's table may lack the domain.
    let isLeftOver = domain.home?.origin == .entry(layout.qmail.appending("alias"))
    let name = VisibleText.escape(domain.name)
    return "\(name) (\(domain.domain.assigned)) has no recipient: \(reason)"
      + (isLeftOver ? ", and its mail is nobody else's by users/cdb, users/assign or passwd" : "")
  }

  private static func homes(
    of domains: [ServedDomain], _ layout: ServerLayout, _ users: PasswordFile,
    _ reader: inout SourceReader
  ) throws -> ([PlannedDomain], [VirtualAddress]) {
    var finder: MailHomeFinder?
    let planned = try domains.map { domain in
      guard case .virtual(let target) = domain.handling else {
        return PlannedDomain(domain: domain, home: nil)
      }
      let opened =
        try finder
        ?? MailHomeFinder(of: layout, for: domains.count, users: users, reader: &reader)
      finder = opened
      return PlannedDomain(domain: domain, home: try opened.home(of: target))
    }
    return (planned, try finder?.addresses(of: domains) ?? [])
  }
}
