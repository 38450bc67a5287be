internal import SystemPackage
package import SystemSupport
package import Updating

/// What the world looks like: everything on the screen that is not the user's doing.
package struct Facts: Sendable {
  package var host: String
  package var settings: Settings
  /// When everything was last looked at; nil before the first time.
  package var looked: Timestamp?
  /// The products in the order of a pass.
  package var products: [Product] = []
  /// For each rule what a pass would do that forces it, in order, a line each.
  package var plans: [String: [String]] = [:]
  package var services: [Service] = []
  /// Whose service the updater's own is, if one is found.
  package var updater: ServiceName?
  /// How many paths are watched for changes.
  package var watchedPaths = 0
  /// Who else runs rules now; nil when nobody does.
  package var lockHolder: FileLock.Holder?
  /// When that was first seen; nil where the facts are looked at once only.
  package var lockSeen: Timestamp?
  /// The other consoles that can act.
  package var others: [FileLock.Holder] = []
  /// Whether this is one that others are told of.
  package var isListed = false
  /// What stands in the way of a full picture, a line each.
  package var troubles: [String] = []
  package var access = Access()

  package init(host: String, settings: Settings) {
    self.host = host
    self.settings = settings
  }

  /// What this user may do.
  package struct Access: Equatable, Sendable {
    /// Whether rules can be run and services told.
    package var isRoot = true
    /// Whether `--read-only` was asked for.
    package var isReadOnly = false

    package init(isRoot: Bool = true, isReadOnly: Bool = false) {
      self.isRoot = isRoot
      self.isReadOnly = isReadOnly
    }
  }

  /// How many consoles can act.
  package var consoleCount: Int { others.count + (isListed ? 1 : 0) }

  package func product(_ name: String?) -> Product? { products.first { $0.name == name } }

  package func service(_ name: ServiceName?) -> Service? { services.first { $0.name == name } }

  /// How many products are in a state.
  package func count(_ statuses: ProductStatus...) -> Int {
    products.count { statuses.contains($0.status) }
  }
}

// MARK: - What changes with time alone

extension Facts {
  /// Whether somebody runs rules now.
  var isSomebodyRunning: Bool { lockHolder != nil || products.contains(where: \.isBuilding) }

  /// When something shown changes next though nothing happens: at the next whole minute, each
  /// second while something runs, and when a failed rule is due again.
  package func nextTick(after now: Timestamp, isRunning: Bool) -> Timestamp {
    let period: Int64 = isRunning || isSomebodyRunning ? 1_000_000_000 : 60_000_000_000
    let whole = Timestamp(nanoseconds: now.nanoseconds - now.nanoseconds % period + period)
    let dues = products.compactMap { product -> Timestamp? in
      guard case .failed(let failure) = product.verdict, failure.nextTry > now else { return nil }
      // The service needs a moment to begin.
      return failure.nextTry + .milliseconds(50)
    }
    return min(whole, dues.min() ?? whole)
  }
}
