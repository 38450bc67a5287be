internal import SystemSupport

/// What has come in since the last pass began: the occasions for the next one.
struct Occasions: Sendable {
  private var startedAt: Instant?
  private var pokedAt: Instant?
  private var pokes: [(source: Scheduler.Source, count: Int)] = []
  private var isHungUp = false
  private var changedAt: (first: Instant, last: Instant)?
  private var names: [String] = []
  private var hasMoreNames = false
  private var isOverflowed = false
  private var areWatchesNew = false
  private var isUnsettled = false

  /// The most names that are kept and counted.
  private static let namesKept = 64
  /// The most names that a reason shows.
  private static let namesShown = 2

  /// Whether rules are wanted whose inputs no file shows.
  var wantOpaque: Bool { startedAt != nil || pokedAt != nil }
  /// Whether nothing that was learned before counts.
  var wantEverything: Bool { startedAt != nil || isHungUp || isOverflowed || areWatchesNew }
  /// Whether somebody asked for a pass, which the limit of rate applies to.
  var arePoked: Bool { pokedAt != nil }
}

// MARK: - Taking note

extension Occasions {
  mutating func noteStart(at now: Instant) { startedAt = startedAt ?? now }

  mutating func noteHangup(at now: Instant) {
    isHungUp = true
    pokedAt = pokedAt ?? now
  }

  mutating func notePoke(from source: Scheduler.Source, at now: Instant) {
    pokedAt = pokedAt ?? now
    if let index = pokes.firstIndex(where: { $0.source == source }) {
      pokes[index].count += 1
    } else {
      pokes.append((source, 1))
    }
  }

  mutating func noteChange(of changed: [String], at now: Instant) {
    changedAt = (changedAt?.first ?? now, now)
    for name in changed where !names.contains(name) {
      if names.count < Self.namesKept { names.append(name) } else { hasMoreNames = true }
    }
  }

  mutating func noteOverflow(at now: Instant) {
    isOverflowed = true
    noteChange(of: [], at: now)
  }

  mutating func noteNewWatches(at now: Instant) {
    areWatchesNew = true
    noteChange(of: [], at: now)
  }

  mutating func noteUnsettled(at now: Instant) {
    isUnsettled = true
    noteChange(of: [], at: now)
  }
}

// MARK: - When and why

extension Occasions {
  /// When these occasions want a pass; nil when there are none.
  ///
  /// - Parameters:
  ///   - settings: How long changes settle.
  ///   - nextToken: When the limit of rate lets a poke through.
  /// - Returns: The time, which may have come already.
  func due(_ settings: Scheduler.Settings, nextToken: Instant?) -> Instant? {
    let poked = pokedAt.map { max($0, nextToken ?? $0) }
    let settled = changedAt.map {
      min($0.last + settings.settle, $0.first + settings.settleLimit)
    }
    return [startedAt, poked, settled].compactMap(\.self).min()
  }

  /// The occasions in words.
  var reasons: [String] {
    var reasons: [String] = []
    if startedAt != nil { reasons.append("start") }
    if isHungUp { reasons.append("hangup") }
    reasons += pokes.map { source, count in
      count == 1 ? "poke: \(source)" : "poke: \(source) (\(count) times)"
    }
    if !names.isEmpty { reasons.append("changed: " + changes) }
    if isOverflowed { reasons.append("changes may have gone unreported") }
    if areWatchesNew { reasons.append("new directories are watched: looking once more") }
    if isUnsettled { reasons.append("inputs changed during the pass") }
    return reasons
  }

  private var changes: String {
    let shown = names.prefix(Self.namesShown).joined(separator: " ")
    let more = names.count - Self.namesShown
    if hasMoreNames { return shown + " (+\(more) and more)" }
    return more > 0 ? shown + " (+\(more) more)" : shown
  }
}
