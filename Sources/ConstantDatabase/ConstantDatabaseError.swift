internal import SystemPackage

/// What is wrong with a .cdb file that is read, or why one cannot be written.
///
/// Failures of the system (no such file, disk full) are `SystemError`s; this one is about the
/// format.
package struct ConstantDatabaseError: Error, Equatable, CustomStringConvertible {
  /// What was attempted.
  package enum Operation: String, Sendable { case read, write }

  package let operation: Operation
  /// The file, safe to show.
  package let file: String
  /// Where in the file the trouble lies, in bytes from its start, if it lies at one place.
  package let offset: Int?
  /// What is wrong there.
  package let reason: String

  package init(_ operation: Operation, _ file: String, at offset: Int? = nil, _ reason: String) {
    self.operation = operation
    self.file = file
    self.offset = offset
    self.reason = reason
  }

  package var description: String {
    let place = offset.map { "at byte \($0): " } ?? ""
    return "unable to \(operation) \(file): \(place)\(reason)"
  }
}
