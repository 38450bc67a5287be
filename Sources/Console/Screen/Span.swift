/// A piece of a line with one meaning.
package struct Span: Hashable, Sendable {
  package var text: String
  package var role: Role

  package init(_ text: String, _ role: Role = .normal) {
    self.text = text
    self.role = role
  }
}

extension [Span] {
  /// The columns that the spans take.
  package var width: Int { reduce(0) { $0 + TextWidth.of($1.text) } }
}
