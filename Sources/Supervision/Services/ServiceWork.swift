package import SystemSupport

/// What a service is doing for somebody now, as its processes show: what a signal to it may
/// interrupt.
package enum ServiceWork: Equatable, Sendable {
  /// Connections that a tcpserver has accepted, each with its process.
  case sessions(Int)
  /// Deliveries that qmail-send has begun and that have not ended.
  case deliveries(remote: Int, local: Int)
  /// Processes below a program of which we know no more.
  case processes(Int)
  /// It cannot be counted, and why.
  case unknown(String)

  /// Programs that fork a child for each connection, and do not take it along when TERM ends them.
  private static let servers = ["tcpserver", "sslserver"]

  /// Counts what a service does now, by the process that supervise has started.
  package static func of(_ pid: Int32) -> ServiceWork {
    do {
      return of(pid, among: try RunningProcess.all())
    } catch {
      return .unknown("\(error)")
    }
  }

  /// Counts it in a list of processes.
  package static func of(_ pid: Int32, among processes: [RunningProcess]) -> ServiceWork {
    let family = Family(processes)
    guard let service = processes.first(where: { $0.pid == pid }) else {
      return .unknown("its process cannot be seen")
    }
    if servers.contains(service.program) { return .sessions(family.children(of: service).count) }
    if service.program == "qmail-send" {
      // Each of the two spawners has a child for each delivery that goes on.
      func count(below spawner: String) -> Int {
        family.children(of: service).filter { $0.program == spawner }
          .reduce(0) { $0 + family.children(of: $1).count }
      }
      return .deliveries(remote: count(below: "qmail-rspawn"), local: count(below: "qmail-lspawn"))
    }
    return .processes(family.descendants(of: service).count)
  }

  /// Who was started by whom.
  private struct Family {
    private let byParent: [Int32: [RunningProcess]]

    init(_ processes: [RunningProcess]) {
      byParent = Dictionary(grouping: processes.filter { !$0.isZombie }, by: \.parent)
    }

    func children(of process: RunningProcess) -> [RunningProcess] { byParent[process.pid] ?? [] }

    /// A list that was read while processes came and went may hold a pid twice: none is entered
    /// twice.
    func descendants(of process: RunningProcess) -> Set<RunningProcess> {
      var found: Set<RunningProcess> = []
      var open = children(of: process)
      while let next = open.popLast() {
        if found.insert(next).inserted { open += children(of: next) }
      }
      return found
    }
  }
}
