internal import Supervision
internal import Updating

extension ConsoleState {
  mutating func performOnService(_ name: ConsoleCommand.Name) -> [Effect] {
    guard let service else {
      return refuse("no service is selected: Tab goes to the services")
    }
    guard service.status.isSupervised else {
      return refuse("\(service.name.shown): \(service.status)")
    }
    switch name {
    case .hup:
      guard service.status.pid != nil else { return refuse("\(service.name.shown) is down") }
      return isReloadable(service.name)
        ? tell(service.name, .hup) : confirm(.hup, service.name)
    case .restart:
      guard service.status.pid != nil else { return refuse("\(service.name.shown) is down") }
      return confirm(.restart, service.name)
    case .start:
      return service.status.pid == nil
        ? tell(service.name, .start) : confirm(.stop, service.name)
    case .pause:
      if service.status.isPaused { return tell(service.name, .resume) }
      guard service.status.pid != nil else { return refuse("\(service.name.shown) is down") }
      return confirm(.pause, service.name)
    default: return []
    }
  }

  /// Whether some rule reloads the service: then a HUP is known to do no harm.
  private func isReloadable(_ name: ServiceName) -> Bool {
    facts.products.contains { $0.service == name && $0.rule.action == .reload }
  }

  /// Puts into the question what the answer would interrupt.
  mutating func take(_ work: ServiceWork, of name: ServiceName, _ pid: Int32) {
    guard case .tell(name, let task)? = dialog?.action,
      case .service(pid, _, _)? = dialog?.expectation
    else { return }
    dialog?.finding = work.sentence(on: task)
  }

  mutating func tell(_ service: ServiceName, _ task: ServiceTask) -> [Effect] {
    say(Message(.requested, task.command(service)))
    return [.tell(service, task)]
  }

  mutating func confirm(_ task: ServiceTask, _ name: ServiceName) -> [Effect] {
    let consequence =
      switch task {
      case .hup: "No rule reloads this service: a program that does not handle HUP ends."
      case .restart: "It is sent TERM, and is started again when it has ended."
      case .stop: "It is sent TERM and stays down until it is started."
      case .pause: "It stops where it is until it is continued."
      case .start, .resume: ""
      }
    let pid = facts.service(name)?.status.pid
    let process = pid.map { "pid \($0)" } ?? "no process"
    let effects = ask(
      name.shown, ["\(task.command(name))   (\(process))", consequence],
      "\(task.rawValue.prefix(1).uppercased())\(task.rawValue.dropFirst())", .tell(name, task))
    guard let pid else { return effects }
    dialog?.finding = "What it does now is being counted."
    return effects + [.countWork(name, pid: pid)]
  }
}
