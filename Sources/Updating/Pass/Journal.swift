internal import SystemSupport

/// The log of what is done: one line a fact, for eyes and for grep, without time stamps.
///
/// multilog gives the stamps. Text that comes from elsewhere must have been made visible before.
package struct Journal {
  private let write: (String) -> Void

  /// Writes each line through a closure; the line has no newline yet.
  package init(_ write: @escaping (String) -> Void) { self.write = write }

  /// Writes a fact about one subject, usually a rule.
  package func note(_ subject: String, _ fact: String) { write("\(subject): \(fact)") }

  /// Writes the words of a program that was run, each line marked as such.
  package func quote(_ subject: String, _ lines: [String]) {
    for line in lines { write("\(subject): | \(line)") }
  }
}
