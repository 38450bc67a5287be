internal import ArgumentParser
internal import SystemSupport

/// How a tool ends: its exit code and its last words.
package struct ToolEnding: Equatable, Sendable {
  /// The exit code.
  package let code: Int32
  /// What goes to standard output: a help page, a version.
  package let output: String
  /// The lines that go to standard error.
  package let errorLines: [String]

  init(code: Int32, output: String = "", errorLines: [String] = []) {
    self.code = code
    self.output = output
    self.errorLines = errorLines
  }

  /// The end of a tool whose arguments could not be parsed, or asked for help.
  init(unparsable error: any Error, by tool: any Tool.Type) {
    if let request = Self(answering: error, by: tool) {
      self = request
      return
    }
    // The message quotes words of the command line.
    let message = NumberedLines(Array(tool.message(for: error).utf8)).map {
      VisibleText.escape($0.bytes)
    }
    self.init(usage: message, by: tool)
  }

  /// The end of a tool whose `run` threw an error.
  init(thrown error: any Error, by tool: any Tool.Type) {
    if let request = Self(answering: error, by: tool) {
      self = request
      return
    }
    switch error {
    case let failure as ToolFailure:
      self.init(fatal: failure.messages, code: failure.kind.rawValue, by: tool)
    case let fault as any ConfigurationFault:
      self.init(fatal: fault.messages, code: ToolFailure.Kind.configuration.rawValue, by: tool)
    case let error as ValidationError:
      self.init(usage: [VisibleText.escape(error.message)], by: tool)
    default:
      self.init(
        fatal: ["\(error)"], code: ToolFailure.Kind.cannotWork.rawValue, by: tool)
    }
  }

  /// The answer to a request for help, the version or a completion script; else nil.
  private init?(answering error: any Error, by tool: any Tool.Type) {
    guard tool.exitCode(for: error).isSuccess else { return nil }
    self.init(code: ToolFailure.success, output: tool.message(for: error) + "\n")
  }

  private init(usage message: [String], by tool: any Tool.Type) {
    let usage = [
      "Usage: \(tool.usageString())",
      "  See '\(tool.toolName) --help' for more information.",
    ]
    self.init(
      fatal: message, code: ToolFailure.Kind.configuration.rawValue, by: tool, followedBy: usage)
  }

  private init(
    fatal messages: [String], code: Int32, by tool: any Tool.Type, followedBy rest: [String] = []
  ) {
    let lines = messages.flatMap { $0.split(separator: "\n") }
    self.init(
      code: code, errorLines: lines.map { "\(tool.toolName): fatal: \($0)" } + rest)
  }
}
