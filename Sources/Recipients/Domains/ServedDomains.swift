internal import ConstantDatabase
internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// The domains that a server takes mail for, each with who knows its recipients.
///
/// A domain that `rcpthosts` or `morercpthosts.cdb` names is local, virtual or passed on, the first
/// of these that fits; names are compared as qmail does, in small letters.
struct ServedDomains {
  /// The domains that somebody handles, in the order of their names.
  private(set) var domains: [ServedDomain] = []
  /// The single addresses of `virtualdomains` in these domains, and what was added.
  private(set) var addresses: [VirtualAddress] = []
  /// What nobody handles.
  private(set) var problems: [RecipientProblem] = []
  /// Which lines qmail never finds, since a later one has the same name; safe to show.
  private(set) var warnings: [String] = []
  /// Where each domain is named that mail is taken for, handled or not.
  private(set) var accepted: [[UInt8]: RecipientOrigin] = [:]

  /// Reads `rcpthosts`, `morercpthosts.cdb`, `locals` or `me`, `virtualdomains` and `smtproutes`.
  ///
  /// - Throws: `SystemError` when a file cannot be read, `rcpthosts` also when it is not there;
  ///   `ConstantDatabaseError` when `morercpthosts.cdb` is damaged.
  init(of layout: ServerLayout, reader: inout SourceReader) throws {
    accepted = try Self.acceptedDomains(layout, &reader)
    var domains: [ServedDomain] = []
    var handled = Set<[UInt8]>(minimumCapacity: accepted.count)
    func assign(_ name: [UInt8], _ handling: ServedDomain.Handling, _ origin: RecipientOrigin) {
      guard let place = accepted[name], handled.insert(name).inserted else { return }
      domains.append(
        ServedDomain(name: name, handling: handling, accepted: place, assigned: origin))
    }

    for entry in try Self.localNames(layout, &reader) { assign(entry.name, .local, entry.origin) }
    let path = layout.control("virtualdomains")
    let virtual = Constmap(
      VirtualDomains(parsing: try reader.contentsIfPresent(of: path) ?? []).entries)
    for entry in virtual.lines where !entry.isAddress && !entry.target.isEmpty {
      let handling: ServedDomain.Handling =
        entry.target == Array("alias".utf8) ? .aliases : .virtual(target: entry.target)
      assign(entry.name, handling, .line(path, entry.line))
    }
    let routes = layout.control("smtproutes")
    let routed = Constmap(
      SMTPRoutes(parsing: try reader.contentsIfPresent(of: routes) ?? []).entries)
    for entry in routed.lines {
      assign(entry.domain, .relayed, .line(routes, entry.line))
    }
    warnings = Self.warnings(of: virtual, in: path) + Self.warnings(of: routed, in: routes)
    self.domains = domains.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    if handled.count < accepted.count {
      problems = Self.problems(accepted.filter { !handled.contains($0.key) })
    }
    for entry in virtual.lines where entry.isAddress && !entry.target.isEmpty {
      let address = VirtualAddress(address: entry.name, origin: .line(path, entry.line))
      if handled.contains(Array(address.domain)) {
        addresses.append(address)
      } else {
        problems.append(Self.problem(address))
      }
    }
  }

  /// Adds single addresses of these domains that are given away elsewhere; each once, the first
  /// place it has.
  mutating func add(_ more: [VirtualAddress]) {
    guard !more.isEmpty else { return }
    var known = Set(addresses.map(\.address))
    addresses += more.filter { known.insert($0.address).inserted }
  }

  /// The domain of that name, if somebody handles it.
  func domain(_ name: some Collection<UInt8>) -> ServedDomain? {
    domains.first { $0.name.elementsEqual(name) }
  }

  private static func acceptedDomains(
    _ layout: ServerLayout, _ reader: inout SourceReader
  ) throws -> [[UInt8]: RecipientOrigin] {
    var domains: [[UInt8]: RecipientOrigin] = [:]
    let path = layout.control("rcpthosts")
    for entry in ControlFile.entries(of: try reader.contents(of: path)) {
      domains[entry.bytes.lowercased].fill(with: .line(path, entry.line))
    }
    let more = layout.control("morercpthosts.cdb")
    reader.note(.file(more))
    guard try FileStatus.of(more) != nil else { return domains }
    try unsafe ConstantDatabase(opening: more).forEachRecord { key, _ in
      let name = unsafe Array(key)
      domains[name].fill(with: .record(more, key: name))
    }
    return domains
  }

  /// The entries of `locals`, or the one of `me` when that file is absent.
  private static func localNames(
    _ layout: ServerLayout, _ reader: inout SourceReader
  ) throws(SystemError) -> [(name: [UInt8], origin: RecipientOrigin)] {
    let path = layout.control("locals")
    if let contents = try reader.contentsIfPresent(of: path) {
      return ControlFile.entries(of: contents).map {
        ($0.bytes.lowercased, .line(path, $0.line))
      }
    }
    let me = layout.control("me")
    guard let contents = try reader.contentsIfPresent(of: me) else { return [] }
    return [(ControlFile.firstLine(of: contents).lowercased, .line(me, 1))]
  }

  private static func warnings<Line>(of map: Constmap<Line>, in path: FilePath) -> [String] {
    map.hidden.map { hidden in
      let name = hidden.found.name.isEmpty ? "everything" : VisibleText.escape(hidden.found.name)
      return "\(RecipientOrigin.line(path, hidden.line.line)): qmail takes line"
        + " \(hidden.found.line), which names \(name) too"
    }
  }

  private static func problems(_ unassigned: [[UInt8]: RecipientOrigin]) -> [RecipientProblem] {
    unassigned.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { name, origin in
      RecipientProblem(
        name, "\(origin) names it, but none of locals, virtualdomains and smtproutes does")
    }
  }

  private static func problem(_ address: VirtualAddress) -> RecipientProblem {
    RecipientProblem(
      Array(address.domain),
      "\(address.origin) gives away \(VisibleText.escape(address.address)),"
        + " but no domain that mail is taken for and handled has that name")
  }
}

extension Optional {
  /// Takes a value unless there is one.
  fileprivate mutating func fill(with value: @autoclosure () -> Wrapped) {
    if case nil = self { self = value() }
  }
}
