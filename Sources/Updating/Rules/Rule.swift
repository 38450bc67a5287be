package import SystemPackage
internal import SystemSupport

/// What is made from what, and how: the one idea of this program.
package struct Rule: Equatable, Sendable {
  /// The name that operators use, such as `users/cdb`; unique.
  package let name: String
  package var inputs: [Input]
  package var product: Product {
    didSet { productPlace = FilePlace(product.path) }
  }
  /// Where the product is.
  private(set) var productPlace: FilePlace
  package var action: Action
  /// The rules that must have succeeded first, by name; those that are not here do not count.
  package var after: [String]
  /// How long the action may take.
  package var timeout: Duration
  /// The inputs cannot be seen in files: every poke runs the action.
  package var isOpaque = false
  /// The limits above which a loss of records is held for an operator; nil holds nothing.
  package var lossLimit: LossLimit?
  /// The inputs hold passwords: nothing of them is kept or shown.
  package var isSecret = false
  /// The user whose rights the command gets; nil keeps ours.
  package var user: String?
  package var presence: Presence
  /// Why the rule does nothing, when the configuration switched it off.
  package var offReason: String?

  package init(
    _ name: String, inputs: [Input], product: Product, action: Action, after: [String] = [],
    timeout: Duration = .seconds(60), presence: Presence = .always
  ) {
    self.name = name
    self.inputs = inputs
    self.product = product
    productPlace = FilePlace(product.path)
    self.action = action
    self.after = after
    self.timeout = timeout
    self.presence = presence
  }
}

extension Rule {
  /// What a rule makes.
  package enum Product: Hashable, Sendable {
    /// A file; `isDatabase` says that it must be a sound .cdb.
    case file(FilePath, isDatabase: Bool)
    /// A running service that has read its inputs, by its service directory.
    case service(FilePath)

    /// The file, or the service directory.
    package var path: FilePath {
      switch self {
      case .file(let path, _), .service(let path): path
      }
    }
  }

  /// How a rule makes its product.
  package enum Action: Equatable, Sendable {
    /// Our own builder, in this process.
    case build(Builder)
    /// A program.
    case command(BuildCommand)
    /// `svc -h`: the service reads its files again.
    case reload
    /// `svc -t`: the service is stopped and supervise starts it again.
    case restart
  }

  /// When a rule is there at all.
  package enum Presence: Equatable, Sendable {
    case always
    /// Where at least one of these exists.
    case whereAnyExists([FilePath])
    /// Where the product exists already, or has been removed after a pass had seen it.
    case whereProductExists
  }

  /// The loss of records that needs an operator's word: more than both.
  package struct LossLimit: Equatable, Sendable {
    /// The share of the old records, 0 to 1.
    package var share: Double
    package var count: Int

    package init(share: Double = 0.2, count: Int = 10) {
      self.share = share
      self.count = count
    }

    /// Whether losing so many of so many records is too much.
    package func isExceeded(losing lost: Int, of all: Int) -> Bool {
      lost > count && Double(lost) > share * Double(all)
    }
  }
}

/// The builders that are part of this program.
package enum Builder: String, Equatable, Sendable {
  /// `users/assign` to `users/cdb`, as qmail-newu does.
  case assignments
  /// `control/morercpthosts` to its .cdb, as qmail-newmrh does; also `morevalidrcptto`.
  case keyList
}
