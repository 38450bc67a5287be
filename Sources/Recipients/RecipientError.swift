internal import SystemSupport

/// One reason why a list of recipients cannot be made whole.
package struct RecipientProblem: Equatable, Sendable, CustomStringConvertible {
  /// The domain that it is about; nil when it is about more than one.
  package let domain: [UInt8]?
  /// What is wrong, in one line that is safe to show.
  package let reason: String

  init(_ domain: [UInt8]?, _ reason: String) {
    self.domain = domain
    self.reason = reason
  }

  package var description: String {
    guard let domain else { return reason }
    return "unable to list \(VisibleText.escape(domain)): \(reason)"
  }
}

/// All the reasons why a list of recipients cannot be made whole: nothing was written.
package struct RecipientError: Error, Equatable, CustomStringConvertible {
  package let problems: [RecipientProblem]

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
