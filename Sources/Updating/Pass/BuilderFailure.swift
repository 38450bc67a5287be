internal import SystemPackage
internal import SystemSupport

extension ChildProcess.Outcome {
  /// Why a builder has failed, in one line with its own last words.
  ///
  /// - Parameters:
  ///   - program: The program that was started.
  ///   - timeout: How long it was given.
  /// - Returns: The line, safe to show.
  func failure(of program: String, timeout: Duration) -> String {
    let name = VisibleText.escape(FilePath(program).lastComponent?.string ?? program)
    if isStopped { return "\(name) was stopped" }
    if isTimedOut { return "\(name) took longer than \(Int(timeout.seconds)) s and was stopped" }
    return "\(name): \(ending)" + (output.lines.last.map { ": \($0)" } ?? "")
  }
}
