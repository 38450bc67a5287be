internal import FoundationEssentials
internal import Supervision
internal import SystemPackage
internal import SystemSupport
package import Updating

/// The services and the consoles as data, beside the report of the rules.
package struct ServiceReport: Encodable {
  private let services: [Entry]
  private let consoles: [ConsoleEntry]

  package init(_ facts: Facts) {
    services = facts.services.map { Entry($0) }
    consoles = facts.others.map { ConsoleEntry($0) }
  }

  /// One JSON object: that of the rules, with `services` and `consoles` added.
  ///
  /// - Throws: Never for any report; JSON's encoder can in principle.
  package func json(with rules: StatusReport) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(Both(rules: rules, services: self)))
      + [UInt8(ascii: "\n")]
  }

  private struct Both: Encodable {
    let rules: StatusReport
    let services: ServiceReport

    func encode(to encoder: any Encoder) throws {
      try rules.encode(to: encoder)
      try services.encode(to: encoder)
    }
  }

  private struct ConsoleEntry: Encodable {
    let who: String
    let pid: Int32
    let since: String?

    init(_ holder: FileLock.Holder) {
      who = holder.program
      pid = holder.pid
      since = holder.since?.rfc3339
    }
  }

  private struct Entry: Encodable {
    let name: String
    let directory: String
    let state: String
    let svstat: String
    let pid: Int32?
    let since: String?
    let isPaused: Bool
    let isNormallyUp: Bool
    let log: String
    let logDirectory: String?
    let lastLogged: String?

    init(_ service: Service) {
      name = service.name.shown
      directory = service.name.directory.visible
      state = service.shownState.word.lowercased()
      svstat = service.status.description
      pid = service.status.pid
      since = service.status.since?.rfc3339
      isPaused = service.status.isPaused
      isNormallyUp = service.status.isNormallyUp
      log =
        switch service.log {
        case .none: "none"
        case .up: "up"
        case .down: "down"
        case .unknown(let reason): "unknown: \(reason)"
        }
      logDirectory = service.logDirectory?.visible
      lastLogged = service.lastLogged?.rfc3339
    }
  }
}
