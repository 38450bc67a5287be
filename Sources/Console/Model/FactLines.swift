internal import Supervision
internal import SystemSupport
internal import Updating

/// What changed between two looks at the world, a line each: the console for those who cannot see
/// a screen, and for pipes.
package enum FactLines {
  /// Tells the changes.
  ///
  /// - Parameters:
  ///   - before: What was known before; nil tells everything.
  ///   - state: What is known now, whose words are used.
  /// - Returns: The lines, safe to show.
  package static func changes(from before: ConsoleState?, to state: ConsoleState) -> [String] {
    let (old, new) = (before?.facts, state.facts)
    let products = new.products.compactMap { product -> String? in
      let line = self.line(product, state)
      return old?.product(product.name).map { self.line($0, state) } == line ? nil : line
    }
    let services = new.services.compactMap { service -> String? in
      let line = self.line(service)
      return old?.service(service.name).map { self.line($0) } == line ? nil : line
    }
    let gone =
      (old?.products ?? []).filter { new.product($0.name) == nil }.map { "\($0.shownName): gone" }
      + (old?.services ?? []).filter { new.service($0.name) == nil }
      .map { "service \($0.name.shown): gone" }
    return products + services + gone + company(from: before, to: state)
  }

  /// Who else is here: other consoles that can act, and who else runs rules.
  package static func company(
    from before: ConsoleState? = nil, to state: ConsoleState
  ) -> [String] {
    let (old, new) = (before?.facts.others ?? [], state.facts.others)
    func words(_ holder: FileLock.Holder) -> String {
      holder.words(at: state.now, zone: state.zone)
    }
    let came = new.filter { !old.contains($0) }.map { "another console acts here: \(words($0))" }
    let left = old.filter { !new.contains($0) }.map { "a console has ended: \(words($0))" }
    let holder = state.otherHolder
    guard holder?.pid != before?.otherHolder?.pid else { return came + left }
    let running = holder.map { "rules are run elsewhere, by \(words($0))" }
    return came + left + [running ?? "rules are run elsewhere no more"]
  }

  private static func line(_ product: Product, _ state: ConsoleState) -> String {
    let origin = product.origin(state, columns: 1000)
    let because = product.status == .fresh || origin.isEmpty ? "" : ": \(origin)"
    return "\(product.shownName): \(product.status.word.lowercased())\(because)"
  }

  private static func line(_ service: Service) -> String {
    let pid = service.status.pid.map { ", pid \($0)" } ?? ""
    let reason = service.status.isSupervised ? pid : ": \(service.status)"
    return "service \(service.name.shown): \(service.shownState.word.lowercased())\(reason)"
  }
}
