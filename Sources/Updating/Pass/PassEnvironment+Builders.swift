internal import SystemSupport

extension PassEnvironment {
  /// Starts a rule's command; how far it is, if it tells, is published while it runs.
  ///
  /// - Throws: `SystemError` when it cannot be started; the completion is not called then.
  func start(
    _ command: Command, of rule: Rule, _ completion: @escaping (ChildProcess.Outcome) -> Void
  ) throws(SystemError) -> ChildProcess {
    let publisher = ProgressPublisher(rule.name, in: self)
    // A lock in the hands of another user would not be ours alone.
    let child = try loop.run(
      command, timeout: rule.timeout, sharing: rule.user == nil ? lock : nil,
      reporting: publisher.take
    ) { outcome in
      publisher.end()
      completion(outcome)
    }
    child.letComeUp(within: 1)
    return child
  }
}
