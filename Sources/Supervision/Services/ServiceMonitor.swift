package import SystemPackage
package import SystemSupport

/// Tells whenever a service's status changes, by inotify on its directory `supervise`.
///
/// daemontools renames a new `status` into place, encore writes into it. The end of supervise shows
/// as the closing of its `lock`. Others who ask for the status open `ok`, as we do: that is never
/// answered, or every look would be the cause of the next one.
package final class ServiceMonitor {
  /// The service that is watched.
  package let serviceDirectory: FilePath
  /// The status as it was read last.
  package private(set) var status: ServiceStatus
  private let handler: (ServiceStatus) -> Void
  private var watch: DirectoryWatch?

  /// Starts to watch, and reads the status.
  ///
  /// - Parameters:
  ///   - serviceDirectory: The service; it and its `supervise` need not exist yet.
  ///   - loop: Where the handler is called.
  ///   - handler: Gets each new status that tells more than the passing of time.
  /// - Throws: `SystemError` when the kernel has no watch left.
  package init(
    _ serviceDirectory: FilePath, on loop: EventLoop, _ handler: @escaping (ServiceStatus) -> Void
  ) throws(SystemError) {
    self.serviceDirectory = serviceDirectory
    self.handler = handler
    status = ServiceStatus(.unavailable(reason: ""))
    watch = try DirectoryWatch(
      serviceDirectory.appending("supervise"), for: [.movedTo, .modified, .closedAfterWrite],
      on: loop
    ) { [weak self] events in
      if events.contains(where: Self.isNews) { self?.look() }
    }
    // After the watch is set: what changes from here on makes an event.
    status = .read(serviceDirectory: serviceDirectory)
  }

  /// Stops watching; the handler is not called any more.
  package func cancel() {
    watch?.cancel()
    watch = nil
  }

  /// Reads the status now; the handler is called if it changed.
  package func look() {
    let new = ServiceStatus.read(serviceDirectory: serviceDirectory)
    let isChanged = !new.differsOnlyInAge(from: status)
    status = new
    if isChanged { handler(new) }
  }

  private static func isNews(_ event: DirectoryWatch.Event) -> Bool {
    switch event {
    case .lookAgain: true
    case .changed(let name, let mask):
      name == Array("status".utf8) && !mask.isDisjoint(with: [.movedTo, .modified])
        || name == Array("lock".utf8) && mask.contains(.closedAfterWrite)
    }
  }
}

extension ServiceStatus {
  /// Whether two looks at the service found the same, however long after each other they were.
  package func differsOnlyInAge(from other: ServiceStatus) -> Bool {
    state == other.state && since == other.since && isNormallyUp == other.isNormallyUp
      && isPaused == other.isPaused && want == other.want && phase == other.phase
  }
}
