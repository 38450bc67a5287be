import FoundationEssentials
import Updating

/// A state, stored as JSON and read again.
struct RoundTrip {
  let state: RuleState

  init?(_ state: RuleState) {
    guard let data = try? JSONEncoder().encode(state),
      let read = try? JSONDecoder().decode(RuleState.self, from: data)
    else { return nil }
    self.state = read
  }
}
