internal import Supervision
package import SystemSupport
internal import Updating

/// A question whose answer an action waits for.
///
/// Cancel has the focus until the user moves it.
package struct Dialog: Equatable, Sendable {
  package let title: String
  package let lines: [String]
  /// What is found out about it while it is open; nil when there is nothing to find out.
  package var finding: String?
  /// The word on the button that acts.
  package let confirmation: String
  package let action: ConfirmedAction
  /// What the world looked like when the question was asked.
  package let expectation: Expectation
  package var isConfirmationFocused = false

  package init(
    title: String, lines: [String], finding: String? = nil, confirmation: String,
    action: ConfirmedAction, expectation: Expectation
  ) {
    self.title = title
    self.lines = lines
    self.finding = finding
    self.confirmation = confirmation
    self.action = action
    self.expectation = expectation
  }
}

/// An action that is asked about first, with what it is about by its identity.
package enum ConfirmedAction: Equatable, Sendable {
  case force(rule: String)
  case rollBack(rule: String)
  case tell(ServiceName, ServiceTask)
  case stopRunAndQuit
}

/// What must not have changed between a question and its answer.
package enum Expectation: Equatable, Sendable {
  case nothing
  case rule(status: ProductStatus?, held: Timestamp?, product: UInt64?)
  /// A pid may come again, but not with the same start.
  case service(pid: Int32?, since: Timestamp?, isKnown: Bool)

  /// What holds now for the object of an action.
  package init(for action: ConfirmedAction, in facts: Facts) {
    switch action {
    case .force(let rule), .rollBack(let rule):
      let product = facts.product(rule)
      var inode: UInt64?
      if case .file(let stamp, _, _)? = product?.observation.product { inode = stamp.inode }
      self = .rule(
        status: product?.status, held: product?.state.hold?.since, product: inode)
    case .tell(let name, _):
      let service = facts.service(name)
      self = .service(
        pid: service?.status.pid, since: service?.status.since, isKnown: service != nil)
    case .stopRunAndQuit: self = .nothing
    }
  }
}
