/// An error that ends a tool with an exit code of its own.
///
/// Every other error that a tool's `run` throws means that it cannot work: exit code 111.
package struct ToolFailure: Error, Equatable, CustomStringConvertible {
  /// What an exit code tells.
  package enum Kind: Int32, Sendable {
    /// Something failed or is held; the rest was done.
    case failed = 1
    /// The arguments or the configuration are wrong; nothing was done.
    case configuration = 2
    /// The tool cannot work at all, for now: daemontools' code for temporary trouble.
    case cannotWork = 111
  }

  /// The exit code of a tool when all is well.
  static let success: Int32 = 0

  package let kind: Kind
  /// What is wrong, one line each, safe to show; empty when the tool has said it already.
  package let messages: [String]

  package init(_ kind: Kind, _ messages: [String]) {
    self.kind = kind
    self.messages = messages
  }

  package init(_ kind: Kind, _ messages: String...) { self.init(kind, messages) }

  package var description: String { messages.joined(separator: "\n") }
}
