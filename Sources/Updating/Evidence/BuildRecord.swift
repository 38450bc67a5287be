internal import SystemPackage
package import SystemSupport

/// The evidence of the last success of a rule, or of another program: what it was made from, and what came out.
package struct BuildRecord: Equatable, Sendable, Codable {
  /// The digest of the rule's own text: a changed rule makes its product stale.
  package var rule: ContentDigest
  /// The state of every input before the action began, by path.
  package var inputs: [String: InputEvidence]
  /// Paths among the inputs that only the builder's own report named.
  package var reported: [String]
  /// The builder said that it also read what no file shows.
  package var isOpaque: Bool
  package var product: ProductEvidence
  /// When it was made, or found to be right.
  package var time: Timestamp
  /// The date of a product that another program made and that was found fresh by date; nil for one
  /// of our own runs.
  package var adopted: Timestamp?

  package init(
    rule: ContentDigest, inputs: [String: InputEvidence], reported: [String] = [],
    isOpaque: Bool = false, product: ProductEvidence, time: Timestamp,
    adopted: Timestamp? = nil
  ) {
    self.rule = rule
    self.inputs = inputs
    self.reported = reported
    self.isOpaque = isOpaque
    self.product = product
    self.time = time
    self.adopted = adopted
  }
}

/// What is known of a product at one moment.
package enum ProductEvidence: Equatable, Sendable {
  case missing
  /// A file; `damage` says what is wrong with a .cdb that is not sound.
  case file(Stamp, digest: ContentDigest?, damage: String?)
  /// A file that cannot be read or must not be replaced.
  case unusable(String)
  case service(ServiceEvidence)
}

/// What is known of a service at one moment.
package enum ServiceEvidence: Equatable, Sendable {
  /// It runs under this process number since a time.
  case up(pid: Int32, since: Timestamp)
  /// It does not run: it reads its files when it starts.
  case down
  /// supervise does not run here.
  case unsupervised(String)
}

extension ProductEvidence: Codable {
  private enum Key: CodingKey { case stamp, digest, damage, unusable, pid, since, service }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let stamp = try container.decodeIfPresent(Stamp.self, forKey: .stamp) {
      self = .file(
        stamp, digest: try container.decodeIfPresent(ContentDigest.self, forKey: .digest),
        damage: try container.decodeIfPresent(String.self, forKey: .damage))
    } else if let pid = try container.decodeIfPresent(Int32.self, forKey: .pid) {
      self = .service(
        .up(pid: pid, since: try container.decode(Timestamp.self, forKey: .since)))
    } else if let reason = try container.decodeIfPresent(String.self, forKey: .unusable) {
      self = .unusable(reason)
    } else if let state = try container.decodeIfPresent(String.self, forKey: .service) {
      self = .service(state.isEmpty ? .down : .unsupervised(state))
    } else {
      self = .missing
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .missing: break
    case .file(let stamp, let digest, let damage):
      try container.encode(stamp, forKey: .stamp)
      try container.encodeIfPresent(digest, forKey: .digest)
      try container.encodeIfPresent(damage, forKey: .damage)
    case .unusable(let reason): try container.encode(reason, forKey: .unusable)
    case .service(.up(let pid, let since)):
      try container.encode(pid, forKey: .pid)
      try container.encode(since, forKey: .since)
    case .service(.down): try container.encode("", forKey: .service)
    case .service(.unsupervised(let reason)): try container.encode(reason, forKey: .service)
    }
  }
}
