/// What one pass is asked to do.
package struct PassOrder: Equatable, Sendable {
  /// The rules that are run even if they are fresh or held, by name.
  package var forced: Set<String>
  /// Whether the rules run whose inputs no file shows.
  package var includesOpaque: Bool
  /// Why there is a pass, in words for the log and the reports, such as `poke: pipe`.
  package var cause: [String]

  package init(forced: Set<String> = [], includesOpaque: Bool = false, cause: [String]) {
    self.forced = forced
    self.includesOpaque = includesOpaque
    self.cause = cause
  }
}
