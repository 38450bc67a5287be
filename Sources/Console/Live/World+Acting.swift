internal import Glibc
internal import Supervision
internal import SystemPackage
internal import SystemSupport
internal import Updating

extension World {
  /// Carries out what an update asked for, except what is the terminal's.
  package func perform(_ effect: Effect) {
    switch effect {
    case .survey: survey()
    case .run(let forced): run(forced: forced)
    case .stopRun: pass?.stop()
    case .poke: poke()
    case .tell(let service, let task): tell(service, task)
    case .countWork(let service, let pid): send(.counted(service, pid: pid, .of(pid)))
    case .rollBack(let rule): rollBack(rule)
    case .preview(let rule, let isVerification): preview(rule, isVerification: isVerification)
    case .records(let rule, let matching): searchRecords(of: rule, matching)
    case .explain(let address): explain(address)
    case .followLog(let service): follow(service)
    case .pauseLog: pauseLog()
    case .olderLog(let service, let position): readOlder(service, before: position)
    case .newerLog(let service, let position): readNewer(service, after: position)
    case .searchLog(let service, let target, let position, let isUpward):
      searchLog(of: service, for: target, from: position, isUpward: isUpward)
    case .endLogSearch: endLogSearch()
    case .save, .repaint, .quit: break
    }
  }

  /// Leaves one line of what an operator did in the system's log.
  func audit(_ action: String, _ result: String) {
    let who = VisibleText.escape(OperatorName.orPlace)
    SystemLog.note("\(who): \(action): \(result)")
  }

  func say(_ kind: Message.Kind, _ text: String) { send(.message(Message(kind, text, at: .now))) }

  private var environment: PassEnvironment {
    let journal = Journal { [weak self] line in self?.tellProgress(line) }
    return PassEnvironment(
      settings: settings, store: store, loop: loop, journal: journal, program: program,
      operatorName: operatorName)
  }

  /// The journal of our own pass: while it lasts its latest line is shown.
  private func tellProgress(_ line: String) {
    guard pass != nil else { return }
    send(.activity(Activity(line, since: .now)))
  }

  // MARK: Passes

  private func run(forced: [String]) {
    guard pass == nil else { return say(.refused, "a pass of this console is running already") }
    let order = PassOrder(
      forced: Set(forced), includesOpaque: true, cause: ["qmail-console"], asked: .now)
    send(.activity(Activity("looking at every rule", since: .now)))
    let isNew = (try? FileStatus.of(store.directory)) == nil
    let pass = Pass(order, in: environment, states: states) { [weak self] result in
      self?.finishPass(result, forced)
    }
    self.pass = pass
    pass.start()
    if isNew { watchState() }
    setClock()
  }

  private func finishPass(_ result: PassResult, _ forced: [String]) {
    pass = nil
    send(.activity(nil))
    let message = PassNews(result, forced: forced).message
    send(.message(message))
    audit(
      forced.isEmpty
        ? "update" : "force \(forced.map { VisibleText.escape($0) }.joined(separator: " "))",
      "\(message.kind.rawValue): \(message.text)")
    survey()
    afterPass?()
  }

  private func rollBack(_ rule: String) {
    Rollback(rule, in: environment, states: states) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let report):
        say(
          .verified,
          "\(VisibleText.escape(rule)): \(report.summary); it is held until it is forced or an input changes"
        )
        audit("roll back \(VisibleText.escape(rule))", report.summary)
      case .failure(let error):
        say(.failed, "\(VisibleText.escape(rule)): \(error)")
        audit("roll back \(VisibleText.escape(rule))", "failed: \(error)")
      }
      survey()
    }.start()
  }

  // MARK: The pipe

  private func poke() {
    let path = settings.pipePath
    if let reason = poke(path) {
      say(.failed, "unable to poke \(path.visible): \(reason)")
      audit("poke \(path.visible)", "failed: \(reason)")
    } else {
      say(.done, "the pipe was poked: the service checks everything")
      audit("poke \(path.visible)", "done")
    }
  }

  /// Writes to the pipe.
  ///
  /// - Returns: Why that cannot be done; nil when it is done.
  private func poke(_ path: FilePath) -> String? {
    do {
      guard let status = try FileStatus.of(path) else {
        return "it is not there: does the service run?"
      }
      guard status.kind == .fifo else { return "it is no pipe" }
      let pipe = try OwnedDescriptor(opening: path, flags: O_WRONLY | O_NONBLOCK | O_NOCTTY)
      try pipe.write([UInt8(ascii: "\n")], subject: path.visible)
      return nil
    } catch {
      return error.errno == .noSuchAddressOrDevice
        ? "nobody reads it: does the service run?" : "\(error.errno)"
    }
  }
}
