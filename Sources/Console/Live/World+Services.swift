internal import QmailFiles
internal import Supervision
internal import SystemPackage
internal import SystemSupport
internal import Updating

extension World {
  /// Finds the services: those beside qmail's, and those elsewhere that rules tell.
  func findServices() {
    let directory = settings.servicesDirectory
    let names = (try? FileReading.names(in: directory)) ?? []
    let here = names.filter { !$0.string.hasPrefix(".") }
      .map { ServiceName(directory.appending($0)) }
      .filter { (try? FileStatus.of($0.directory))?.kind == .directory }
    let elsewhere = facts.products.compactMap(\.service).filter { !here.contains($0) }
    let found = here + Set(elsewhere).sorted { $0.directory.string < $1.directory.string }
    for (name, monitors) in monitors {
      if !found.contains(name) {
        forget(name)
      } else if monitors.place != Self.place(of: name) {
        // A link that leads elsewhere now: the kernel's watches are on where it led before.
        forget(name)
        facts.services.removeAll { $0.name == name }
      }
    }
    facts.services = found.map { name in
      facts.services.first { $0.name == name } ?? observe(name)
    }
    facts.updater = found.first {
      ["qmail-updater", "pipe-watcher", "update-qmail"].contains($0.directory.lastComponent?.string)
    }
  }

  private static func place(of name: ServiceName) -> FileIdentity? {
    (try? FileStatus.of(name.directory)).map {
      FileIdentity(device: $0.device, inode: $0.inode)
    }
  }

  private func forget(_ name: ServiceName) {
    monitors[name]?.service.cancel()
    monitors[name]?.log?.cancel()
    monitors[name] = nil
  }

  private func observe(_ name: ServiceName) -> Service {
    let logService = name.directory.appending("log")
    let hasLog = (try? FileStatus.of(logService))?.kind == .directory
    if isLive {
      let place = Self.place(of: name)
      let monitor = try? ServiceMonitor(name.directory, on: loop) { [weak self] status in
        self?.take(status, of: name)
      }
      let logMonitor =
        hasLog
        ? try? ServiceMonitor(logService, on: loop) { [weak self] _ in self?.logChanged(of: name) }
        : nil
      if let monitor { monitors[name] = Monitors(service: monitor, log: logMonitor, place: place) }
    }
    var service = Service(name, status: .read(serviceDirectory: name.directory))
    noteLog(of: &service)
    return service
  }

  private func take(_ status: ServiceStatus, of name: ServiceName) {
    guard let index = facts.services.firstIndex(where: { $0.name == name }) else { return }
    facts.services[index].update(status)
    noteLog(of: &facts.services[index])
    publish()
    // A service that was restarted has read its files: some rule may be fresh now.
    surveyPromptly()
  }

  private func logChanged(of name: ServiceName) {
    guard let index = facts.services.firstIndex(where: { $0.name == name }) else { return }
    noteLog(of: &facts.services[index])
    publish()
  }

  /// Notes whether somebody writes the service's log, and where.
  private func noteLog(of service: inout Service) {
    let directory = service.name.directory
    let logService = directory.appending("log")
    let name = directory.lastComponent?.string ?? ""
    service.logDirectory = LogDirectory.find(
      for: directory, configured: settings.logDirectories[name].map { settings.layout.root($0) })
    let status = ServiceStatus.read(serviceDirectory: logService)
    switch status.state {
    case .up: service.log = .up
    case .down, .notSupervised:
      let isThere = (try? FileStatus.of(logService))?.kind == .directory
      service.log = isThere ? .down : .none
    case .unavailable, .unrecognized:
      let isThere = (try? FileStatus.of(logService))?.kind == .directory
      service.log = isThere ? .unknown(status.description) : .none
    }
    noteLogAge(of: &service)
  }

  /// Notes when the log was last written to, and how busy it is.
  ///
  /// Only when something else has woken us: a busy log must not keep the console awake.
  func noteLogAge(of service: inout Service) {
    guard let directory = service.logDirectory else { return }
    service.logRate = LogRate(of: directory, at: .now)
    service.lastLogged = (try? FileStatus.of(directory.appending("current")))?.modified
  }
}
