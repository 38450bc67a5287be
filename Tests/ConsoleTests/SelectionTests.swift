import Console
import SystemSupport
import Testing
import Updating

/// What is selected while the rules come, go and move.
@Suite struct SelectionTests {
  private func press(_ state: inout ConsoleState, _ names: String...) {
    for name in names { if let key = Key(name: name) { _ = state.update(.key(key)) } }
  }

  private func troubled() -> ConsoleState {
    Samples.state(
      80, 24,
      Samples.products(
        morercpthosts: Samples.stale, validrcptto: Samples.held, auth: Samples.failed))
  }

  @Test func `a rule that comes back is selected again, unless another one was chosen`() {
    for isMoved in [false, true] {
      var state = troubled()
      press(&state, "Down", "Down")
      let (selected, all) = (state.selectedProduct, state.facts)
      var without = all
      without.products.removeAll { $0.name == selected }
      _ = state.update(.facts(without))
      let neighbour = state.selectedProduct
      #expect(neighbour != selected && neighbour != nil)
      if isMoved { press(&state, "Down") }
      let chosen = state.selectedProduct
      _ = state.update(.facts(without))
      _ = state.update(.facts(all))
      #expect(state.selectedProduct == (isMoved ? chosen : selected))
    }
  }

  @Test func `the selection follows the rule, not its row`() {
    var state = troubled()
    press(&state, "Down", "Down", "Down")
    #expect(state.selectedProduct == "validrcptto.cdb")
    var facts = state.facts
    facts.products.remove(at: 0)
    _ = state.update(.facts(facts))
    #expect(state.selectedProduct == "validrcptto.cdb")
    facts.products.removeAll { $0.name == "validrcptto.cdb" }
    _ = state.update(.facts(facts))
    #expect(state.selectedProduct == "auth.cdb")
  }
}
