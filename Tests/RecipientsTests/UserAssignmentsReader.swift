import QmailFiles
import SystemPackage
import SystemSupport

/// Reads `users/assign` files in tests.
enum UserAssignmentsReader {
  static func read(_ path: FilePath) throws -> UserAssignments {
    try UserAssignments(parsing: try FileReading.contents(of: path), path: path)
  }
}
