import ArgumentParser
import SystemPackage
import SystemSupport
import Testing
import ToolSupport

/// A tool that throws what its argument names.
private struct Sample: Tool {
  static let configuration = CommandConfiguration(tool: "sample", abstract: "Ends as it is told.")

  @Argument var ending: String
  @OptionGroup var layout: LayoutOptions

  func run() throws {
    switch ending {
    case "well": return
    case "failed": throw ToolFailure(.failed, "two rules failed")
    case "silent": throw ToolFailure(.failed)
    case "many": throw ToolFailure(.configuration, "line 1: no", "line 2: no")
    case "usage": throw ValidationError("-c and -m exclude each other")
    case "system": throw SystemError("open", "control/locals", .noSuchFileOrDirectory)
    default: throw CleanExit.message("bye")
    }
  }
}

@Suite struct ToolEndingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let argument: String
    let code: Int32
    let lines: [String]
    var testDescription: String { argument }
  }

  @Test(arguments: [
    Case(argument: "well", code: 0, lines: []),
    Case(argument: "failed", code: 1, lines: ["sample: fatal: two rules failed"]),
    Case(argument: "silent", code: 1, lines: []),
    Case(
      argument: "many", code: 2, lines: ["sample: fatal: line 1: no", "sample: fatal: line 2: no"]),
    Case(
      argument: "system", code: 111,
      lines: ["sample: fatal: unable to open control/locals: No such file or directory"]),
  ])
  func `what run throws decides exit code and message`(_ row: Case) {
    let ending = Sample.ending(of: [row.argument])
    #expect(ending.code == row.code)
    #expect(ending.errorLines == row.lines)
    #expect(ending.output.isEmpty)
  }

  @Test(arguments: [
    ["--wrong"], [], ["well", "more"], ["well", "--qmail", "relative"], ["usage"],
  ])
  func `bad usage is exit code 2, with the usage on standard error`(_ arguments: [String]) throws {
    let ending = Sample.ending(of: arguments)
    #expect(ending.code == 2)
    #expect(ending.output.isEmpty)
    let lines = ending.errorLines
    #expect(try #require(lines.first).hasPrefix("sample: fatal: "))
    #expect(lines.contains { $0.hasPrefix("Usage: sample ") })
    #expect(lines.last == "  See 'sample --help' for more information.")
  }

  @Test func `a word of the command line cannot act on the terminal`() {
    let ending = Sample.ending(of: ["--\u{1b}[2J\nsample: forged"])
    #expect(ending.code == 2)
    #expect(!ending.errorLines.joined().contains("\u{1b}"))
    #expect(!ending.errorLines.contains("sample: forged"))
  }

  @Test func `help, version and a clean exit go to standard output with exit code 0`() {
    let help = Sample.ending(of: ["--help"])
    #expect(help.code == 0 && help.errorLines.isEmpty)
    #expect(help.output.contains("--root <dir>") && help.output.contains("USAGE: sample"))
    let version = Sample.ending(of: ["--version"])
    #expect(version.code == 0)
    #expect(version.output == "sample (qmail-updater) \(ToolVersion.current)\n")
    #expect(Sample.ending(of: ["clean"]).output == "bye\n")
  }
}
