internal import Recipients
internal import SystemPackage
internal import SystemSupport
internal import Updating

extension World {
  /// Computes in a child what a rebuild would change.
  func preview(_ rule: String, isVerification: Bool) {
    func answer(_ result: Preview.Result) { send(.previewed(Preview(rule: rule, result: result))) }
    previews.removeValue(forKey: rule)?.stop()
    guard let found = facts.product(rule)?.rule else { return }
    if let obstacle = PreviewBuild.obstacle(to: found) { return answer(.impossible(obstacle)) }
    guard case .file(let path, let isDatabase) = found.product else { return }
    do {
      try store.prepare()
      let build = try PreviewBuild(
        found, product: path, isDatabase: isDatabase, in: previewPlace, settings)
      previews[rule] = build
      try build.start(on: loop) { [weak self] result in
        self?.previews[rule] = nil
        self?.previewPlace.removeIfEmpty()
        answer(result)
      }
    } catch {
      previews[rule] = nil
      previewPlace.removeIfEmpty()
      answer(.failed("\(error)"))
    }
  }

  /// Reads records of a product in a child.
  func searchRecords(of rule: String, _ pattern: String) {
    guard let product = facts.product(rule), case .file(let path, _) = product.rule.product else {
      return
    }
    let search = RecordSearch(path, matching: pattern, showsValues: !product.rule.isSecret)
    look("records") {
      try search.encodedResult()
    } _: { [weak self] outcome in
      let text = String(decoding: outcome.output.bytes, as: UTF8.self)
      self?.send(
        .records(
          outcome.isSuccess
            ? RecordSearch.page(rule, pattern, decoding: text)
            : RecordPage(
              rule: rule, matching: pattern, lines: [], count: 0, total: 0,
              failure: outcome.output.lines.first ?? "\(outcome.ending)")))
    }
  }

  /// Asks in a child who accepts an address.
  func explain(_ address: String) {
    let layout = settings.layout
    look("explain") {
      guard let found = RecipientExplainer(layout).explain(Array(address.utf8)) else {
        return Array("expected an address such as user@example.org".utf8)
      }
      return Array(found.lines.joined(separator: "\n").utf8)
    } _: { [weak self] outcome in
      let lines = outcome.resultLines
      self?.send(
        .explained(
          Explanation(
            address: address,
            lines: outcome.isSuccess ? lines : ["unable to explain it"] + lines)))
    }
  }

  /// Computes something in a child; a newer question of the same kind stops an older one.
  private func look(
    _ kind: String, _ work: () throws -> [UInt8],
    _ completion: @escaping (ChildProcess.Outcome) -> Void
  ) {
    lookups[kind]?.stop()
    lookups[kind] = nil
    do {
      var child: ChildProcess?
      child = try loop.fork(timeout: .seconds(60), work) { [weak self] outcome in
        guard let self, lookups[kind] === child else { return }
        lookups[kind] = nil
        child = nil
        completion(outcome)
      }
      lookups[kind] = child
    } catch {
      say(.failed, "\(error)")
    }
  }
}
