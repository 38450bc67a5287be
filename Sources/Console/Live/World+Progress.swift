internal import SystemSupport
internal import Updating

extension World {
  /// Shows how far the run is that goes on; nothing else has changed.
  func lookAtProgress() {
    var isNews = false
    for index in facts.products.indices {
      guard let running = facts.products[index].state.running else { continue }
      let progress = store.progress(of: facts.products[index].name, running)
      if progress != running.progress {
        facts.products[index].state.running?.progress = progress
        isNews = true
      }
    }
    if isNews { publish() }
  }
}
