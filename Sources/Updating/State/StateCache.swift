internal import SystemPackage
internal import SystemSupport

/// The rules' states in memory, read again when another program has written them.
package final class StateCache {
  private let store: StateStore
  private let warn: (String) -> Void
  private var states: [String: (stamp: Stamp?, state: RuleState)] = [:]
  private var paths: [String: FilePath] = [:]
  private var hasRemovedLeftovers = false

  package init(_ store: StateStore, warn: @escaping (String) -> Void) {
    self.store = store
    self.warn = warn
  }

  /// The present state of a rule.
  package func state(of rule: String) -> RuleState {
    let stamp = stamp(of: rule)
    if let known = states[rule], known.stamp == stamp { return known.state }
    let state = store.load(rule, warn: warn)
    states[rule] = (stamp, state)
    return state
  }

  /// Stores a state, unless it is the stored one.
  ///
  /// - Parameters:
  ///   - state: The state.
  ///   - isNews: Whether it can be another than `state(of:)` has given.
  package func save(_ state: RuleState, isNews: Bool = true) {
    if !isNews, states[state.rule]?.stamp != nil { return }
    if let known = states[state.rule], known.state == state, known.stamp != nil { return }
    do {
      try store.save(state)
    } catch {
      // What cannot be stored is still true for this process.
      warn("\(error)")
    }
    states[state.rule] = (stamp(of: state.rule), state)
  }

  /// Removes what killed writers have left, where the lock tells of one, and once in any case.
  ///
  /// A writer that is killed soon may not have told that it held the lock. The caller holds it.
  func removeLeftovers(isDue: Bool) {
    guard isDue || !hasRemovedLeftovers else { return }
    hasRemovedLeftovers = true
    store.removeLeftovers()
  }

  private func stamp(of rule: String) -> Stamp? {
    let path = paths[rule] ?? store.path(of: rule)
    paths[rule] = path
    return (try? FileStatus.of(path)).map { Stamp($0) }
  }
}
