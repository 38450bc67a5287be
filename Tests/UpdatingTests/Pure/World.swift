import SystemPackage
import SystemSupport
import Updating

/// Values of the world for tests of what is judged: no disk, and a clock of one's own.
enum World {
  static let key = ContentDigest.Key(first: 1, second: 2)

  /// A moment, in seconds after the beginning of the test's world.
  static func time(_ seconds: Double) -> Timestamp {
    Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(seconds * 1e9))
  }

  static func stamp(
    _ modified: Double, changed: Double? = nil, inode: UInt64 = 1, size: Int64 = 4
  ) -> Stamp {
    Stamp(
      device: 1, inode: inode, size: size, modified: time(modified),
      changed: time(changed ?? modified))
  }

  /// A small text, written at a time.
  static func text(
    _ contents: String, _ modified: Double, changed: Double? = nil, inode: UInt64 = 1,
    isTooRecent: Bool = false
  ) -> InputEvidence {
    .file(
      FileEvidence(
        stamp: stamp(modified, changed: changed, inode: inode, size: Int64(contents.utf8.count)),
        digest: ContentDigest(of: Array(contents.utf8), key: key), contents: contents,
        isTooRecent: isTooRecent))
  }

  /// A file too large for a digest.
  static func large(
    _ modified: Double, changed: Double? = nil, isTooRecent: Bool = false
  ) -> InputEvidence {
    .file(
      FileEvidence(
        stamp: stamp(modified, changed: changed, size: 1 << 30), isTooRecent: isTooRecent))
  }

  static func listing(_ names: String, _ modified: Double) -> InputEvidence {
    .listing(
      stamp: stamp(modified), names: ContentDigest(of: Array(names.utf8), key: key),
      isTooRecent: false)
  }

  static func product(
    _ contents: String?, _ modified: Double, changed: Double? = nil, inode: UInt64 = 9,
    damage: String? = nil
  ) -> ProductEvidence {
    .file(
      stamp(modified, changed: changed, inode: inode, size: Int64(contents?.utf8.count ?? 1 << 30)),
      digest: contents.map { ContentDigest(of: Array($0.utf8), key: key) }, damage: damage)
  }

  /// A rule that makes the file `/p` from the file `/a`.
  static let fileRule = Rule(
    "p", inputs: [Input("/a")], product: .file("/p", isDatabase: false), action: .build(.keyList))

  /// A rule that makes the service `/service/s` read the file `/a`.
  static let serviceRule = Rule(
    "s", inputs: [Input("/a")], product: .service("/service/s"), action: .reload)

  static let ruleDigest = ContentDigest(value: 77)

  static func observation(
    of rule: Rule = fileRule, _ inputs: [String: InputEvidence], _ product: ProductEvidence,
    rule digest: ContentDigest = ruleDigest, missing: [FilePath] = [], at seconds: Double = 100
  ) -> RuleObservation {
    RuleObservation(
      rule: rule, ruleDigest: digest, inputs: inputs, missing: missing, product: product,
      time: time(seconds))
  }

  static func record(
    _ inputs: [String: InputEvidence], _ product: ProductEvidence, at seconds: Double = 21
  ) -> BuildRecord {
    BuildRecord(rule: ruleDigest, inputs: inputs, product: product, time: time(seconds))
  }

  static func state(
    _ record: BuildRecord? = nil, failure: RuleState.Failure? = nil,
    hold: RuleState.Hold? = nil
  ) -> RuleState {
    var state = RuleState(rule: "p", key: key)
    state.record = record
    state.failure = failure
    state.hold = hold
    return state
  }

  static func failure(
    count: Int = 1, since: Double, next: Double, _ inputs: [String: InputEvidence]
  ) -> RuleState.Failure {
    RuleState.Failure(
      message: "exit 1", count: count, since: time(since), nextTry: time(next), inputs: inputs)
  }

  static func hold(
    _ cause: RuleState.Hold.Cause = .loss, _ inputs: [String: InputEvidence]
  ) -> RuleState.Hold {
    RuleState.Hold(
      cause: cause,
      records: RecordCounts(before: 100, after: 10, added: 0, removed: 90, changed: 0),
      losing: ["-a@b"], since: time(30), inputs: inputs)
  }
}
