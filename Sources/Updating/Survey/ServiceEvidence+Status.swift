internal import Supervision
internal import SystemPackage
internal import SystemSupport

extension ServiceEvidence {
  /// What supervise says of a service now.
  static func of(_ directory: FilePath) -> ServiceEvidence {
    let status = ServiceStatus.read(serviceDirectory: directory)
    switch status.state {
    case .up(let pid): return .up(pid: pid, since: status.since ?? .now)
    case .down: return .down
    case .notSupervised, .unavailable, .unrecognized: return .unsupervised(status.description)
    }
  }
}
