internal import SystemPackage
package import SystemSupport

/// Reads the world, rule by rule, into values.
package struct Surveyor: Sendable {
  private let trust: Trust

  package init(_ settings: Settings) { trust = Trust(trustsGroups: settings.trustsGroups) }

  /// What one rule's inputs and product look like now.
  ///
  /// - Parameters:
  ///   - rule: The rule to look at.
  ///   - state: What is remembered of it: what has not been touched since is not read again.
  ///   - digest: The digest of the rule under the state's key, where it is known already.
  /// - Returns: What was seen.
  package func observe(
    _ rule: Rule, _ state: RuleState, digest: ContentDigest? = nil
  ) -> RuleObservation {
    let time = Timestamp.now
    var reader = InputReader(
      key: state.key, keepsContents: !rule.isSecret, trust: trust,
      recorded: state.record?.inputs ?? [:])
    var inputs: [String: InputEvidence] = [:]
    var missing: [FilePath] = []
    for input in rule.inputs where isInForce(input) {
      for (key, evidence) in look(at: input, &reader) {
        inputs[key] = evidence
        if input.isRequired, evidence == .absent { missing.append(input.path) }
      }
    }
    for key in state.reportedInputs where inputs[key] == nil {
      inputs[key] = look(atReported: key, &reader)
    }
    let product = product(of: rule, state, reader.trust)
    return RuleObservation(
      rule: rule, ruleDigest: digest ?? rule.digest(key: state.key), inputs: inputs,
      missing: missing, product: product, productBegun: begin(of: product, rule, state), time: time)
  }

  /// The state of paths that a builder has reported, by their keys.
  package func evidence(
    ofReported keys: [String], _ rule: Rule, _ state: RuleState
  ) -> [String: InputEvidence] {
    var reader = InputReader(
      key: state.key, keepsContents: !rule.isSecret, trust: trust,
      recorded: state.record?.inputs ?? [:])
    return Dictionary(
      keys.map { ($0, look(atReported: $0, &reader)) }, uniquingKeysWith: { first, _ in first })
  }

  private func isInForce(_ input: Input) -> Bool {
    guard let original = input.standsInFor else { return true }
    return (try? FileStatus.of(original)) == nil
  }

  private func look(
    at input: Input, _ reader: inout InputReader
  ) -> [(String, InputEvidence)] {
    switch input.kind {
    case .file:
      return [(input.key, reader.declaredFile(input.path, input.key, input.directory))]
    case .listing:
      return [(input.key, reader.listing(input.path, prefix: "", recordedAs: input.key))]
    case .glob:
      let matching = Glob.matches(of: input.path)
      guard !matching.isEmpty else { return [(input.key, .absent)] }
      return matching.map { path in
        (path.string, reader.declaredFile(path, path.string, input.directory))
      }
    }
  }

  private func look(atReported key: String, _ reader: inout InputReader) -> InputEvidence {
    guard let last = key.last, last == "/" || last == "*" else {
      return reader.reportedFile(key)
    }
    let path = FilePath(key)
    if last == "/" { return reader.listing(path, prefix: "", recordedAs: key) }
    let prefix = path.lastComponent?.string.dropLast() ?? ""
    return reader.listing(
      path.removingLastComponent(), prefix: String(prefix), recordedAs: key)
  }

  /// When a file that is not the recorded product was made, which its builder did at the latest when
  /// it began to write.
  private func begin(
    of product: ProductEvidence, _ rule: Rule, _ state: RuleState
  ) -> Timestamp? {
    guard case .file(let stamp, _, _) = product, case .file(let path, _) = rule.product else {
      return nil
    }
    if case .file(let old, _, _)? = state.record?.product, stamp.hasSameContents(as: old) {
      return nil
    }
    return (try? FileIdentity.of(path))?.identity.birth
  }

  /// What the product of a rule looks like now.
  package func product(of rule: Rule, _ state: RuleState) -> ProductEvidence {
    product(of: rule, state, trust)
  }

  private func product(of rule: Rule, _ state: RuleState, _ trust: Trust) -> ProductEvidence {
    switch rule.product {
    case .service(let directory): return .service(ServiceEvidence.of(directory))
    case .file(let path, let isDatabase):
      do {
        let status = try FileStatus.of(path, followingLinks: false)
        var trust = trust
        if let complaint = trust.productComplaint(status, in: rule.productPlace.directory) {
          return .unusable(complaint)
        }
        return try ProductReader(key: state.key, recorded: state.record?.product)
          .file(path, status, isDatabase: isDatabase)
      } catch {
        return .unusable("\(error.errno)")
      }
    }
  }
}
