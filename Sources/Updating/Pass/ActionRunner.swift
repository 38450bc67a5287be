internal import SystemPackage
internal import SystemSupport

/// Chooses how a rule's action is run.
enum ActionRunner {
  /// The run of a rule's action, not started yet.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - isForced: Whether an operator has asked for it, whatever it loses.
  ///   - environment: The world around it.
  ///   - mayReplace: Asked before a product that was made beside the old one takes its place.
  ///   - completion: Gets the outcome, once; it may be called before `start` returns.
  /// - Returns: The run.
  static func run(
    of rule: Rule, isForced: Bool, in environment: PassEnvironment,
    mayReplace: @escaping () -> Bool,
    _ completion: @escaping (RunOutcome) -> Void
  ) -> any RuleRun {
    switch (rule.product, rule.action) {
    case (.file(let path, let isDatabase), .command(let command)) where !rule.isMadeBeside:
      InPlaceRun(
        rule, command, product: path, isDatabase: isDatabase, in: environment, completion)
    case (.file(let path, let isDatabase), _):
      CandidateRun(
        rule, product: path, isDatabase: isDatabase, isForced: isForced, in: environment,
        mayReplace: mayReplace, completion)
    case (.service(let directory), _):
      ServiceRun(rule, service: directory, in: environment, completion)
    }
  }
}
