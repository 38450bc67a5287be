final class ServiceRun: RuleRun {
  init(
    _ rule: Rule, service directory: FilePath, in environment: PassEnvironment,
    _ completion: @escaping (RunOutcome) -> Void
  ) { }
  func start() {}
  func stop() {}
}
import SystemPackage
