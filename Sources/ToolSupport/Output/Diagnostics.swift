internal import Glibc

/// What a tool says on standard error while it works.
package struct Diagnostics: Sendable {
  private let name: String

  /// - Parameter name: The tool's name, which stands before each line.
  package init(_ name: String) { self.name = name }

  package init(of tool: any Tool.Type) { self.init(tool.toolName) }

  /// Says something that is wrong but does not stop the work.
  ///
  /// - Parameter text: One line, safe to show.
  package func warning(_ text: String) { Self.write("\(name): warning: \(text)") }

  /// Says what is done or decided.
  ///
  /// - Parameter text: One line, safe to show.
  package func note(_ text: String) { Self.write("\(name): \(text)") }

  /// Writes one line in one call, so that the lines of two programs do not mix.
  ///
  /// When standard error cannot be written there is nobody left to tell.
  static func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
  }
}
