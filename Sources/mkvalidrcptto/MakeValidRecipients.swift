internal import ArgumentParser
internal import ToolSupport

@main struct MakeValidRecipients: Tool {
  static let configuration = CommandConfiguration(tool: "mkvalidrcptto", abstract: "x")
  static func main() { runAsTool() }
}
