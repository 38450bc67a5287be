import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

@Suite(.scratch) struct SettingsFileTests {
  @Test func `without a file the defaults hold, under the root`() throws {
    var expected = Settings()
    expected.layout.root = Root(Scratch.directory)
    #expect(try SettingsFile.load(root: Root(Scratch.directory)) == expected)
  }

  @Test func `the default file is looked for under the root`() throws {
    try Scratch.directory.appending("etc/qmail-updater.toml").write("watch = false")
    #expect(try SettingsFile.load(root: Root(Scratch.directory)).isWatching == false)
  }

  @Test func `a given file goes before the default one, and the root is not put before it`() throws
  {
    try Scratch.directory.appending("etc/qmail-updater.toml").write("watch = false")
    let given = Scratch.directory.appending("given.toml")
    try given.write("settle = 1")
    let settings = try SettingsFile.load(given, root: Root(Scratch.directory))
    #expect(settings.settle == .seconds(1))
    #expect(settings.isWatching)
  }

  @Test func `a given file must exist`() throws {
    let given = Scratch.directory.appending("given.toml")
    let error = try settingsError {
      _ = try SettingsFile.load(given, root: Root(Scratch.directory))
    }
    #expect(error.description == "unable to open \(given): No such file or directory")
  }

  @Test func `a default file that leads nowhere is no default`() throws {
    try FileOperations.makeDirectory(Scratch.directory.appending("etc"))
    try Tools.run([
      "ln", "-s", "gone", Scratch.directory.appending("etc/qmail-updater.toml").string,
    ])
    let error = try settingsError { _ = try SettingsFile.load(root: Root(Scratch.directory)) }
    #expect(error.description.hasSuffix("etc/qmail-updater.toml: No such file or directory"))
  }

  @Test func `a file that everybody may write is not obeyed`() throws {
    let path = Scratch.directory.appending("etc/qmail-updater.toml")
    try path.write("", mode: 0o666)
    let error = try settingsError { _ = try SettingsFile.load(root: Root(Scratch.directory)) }
    #expect(error.description == "unable to trust \(path): it is writable by everybody")
  }

  @Test func `an empty file changes nothing`() throws {
    #expect(try loadSettings("# nothing\n") == (try loadSettings("")))
  }

  @Test(arguments: GoodFile.all)
  func `each key sets what it names`(_ file: GoodFile) throws {
    var expected = try loadSettings("")
    file.change(&expected)
    #expect(try loadSettings(file.text) == expected)
    #expect(try loadSettings("") != expected)
  }

  @Test func `every key is set by one of the good files`() {
    let texts = GoodFile.all.map { "\n" + $0.text }.joined()
    let keys =
      Settings.CodingKeys.allCases.map(\.rawValue) + Settings.LimitKeys.allCases.map(\.rawValue)
      + RuleChange.CodingKeys.allCases.map(\.rawValue)
    #expect(keys.filter { !texts.contains("\n\($0) = ") && !texts.contains("[\($0)") } == [])
  }

  @Test func `rules keep the order of the file`() throws {
    let settings = try loadSettings(
      """
      [rules."users/cdb"]
      timeout = 1
      [rules."auth.cdb"]
      timeout = 2
      [rules."morercpthosts.cdb"]
      timeout = 3
      """)
    #expect(settings.ruleChanges.map(\.name) == ["users/cdb", "auth.cdb", "morercpthosts.cdb"])
  }

  @Test(arguments: BadFile.all)
  func `what cannot be used is told with its line`(_ file: BadFile) throws {
    let path = Scratch.directory.appending("etc/qmail-updater.toml")
    let error = try settingsError { _ = try loadSettings(file.text) }
    let problems = file.problems.map { $0.replacing("ROOT", with: Scratch.directory.string) }
    #expect(error.messages == problems.map { "unable to use \(path): \($0)" })
  }

  @Test func `the description is the first problem, in one line`() throws {
    let error = try settingsError {
      _ = try loadSettings("settle = -1\nwatch = 1\nqmail = \"a\\nb\"")
    }
    let path = Scratch.directory.appending("etc/qmail-updater.toml")
    #expect(
      error.description == """
        unable to use \(path): line 1: settle: expected a number of seconds, 0 to 86400, \
        found -1 (and 2 more)
        """)
  }

  @Test func `bytes that are not text are told with their line`() throws {
    let path = Scratch.directory.appending("etc/qmail-updater.toml")
    for bad: UInt8 in [0, 0xff] {
      try path.write(Array("# fine\n# not: ".utf8) + [bad, 0x0a])
      let error = try settingsError { _ = try SettingsFile.load(root: Root(Scratch.directory)) }
      #expect(error.description == "unable to use \(path): line 2: expected UTF-8 text")
    }
  }
}

// MARK: - The example

extension SettingsFileTests {
  @Test func `the example changes nothing as it is, and is right with every line in use`() throws {
    #expect(try loadSettings(Example.text) == (try loadSettings("")))
    let settings = try loadSettings(Example.inUse)
    #expect(
      settings.ruleChanges.map(\.name)
        == ["users/cdb", "validrcptto.cdb", "greylist.cdb", "dovecot"])
  }

  @Test func `the example shows the values that hold without a file`() throws {
    var settings = try loadSettings(Example.inUse)
    // These have no value of their own without a file.
    settings.layout.vpopmail = nil
    settings.services = nil
    settings.sendService = nil
    settings.logDirectories = [:]
    settings.ruleChanges = []
    #expect(settings == (try loadSettings("")))
  }

  @Test func `the example names every key, and no other`() {
    let top = Set(Settings.CodingKeys.allCases.map(\.rawValue))
    let rule = Set(RuleChange.CodingKeys.allCases.map(\.rawValue))
    #expect(Example.keys(ofTables: "") == top.subtracting(["limits", "logs", "rules"]))
    #expect(Example.keys(ofTables: "[limits]") == Set(Settings.LimitKeys.allCases.map(\.rawValue)))
    #expect(Example.keys(ofTables: "[rules.") == rule)
    #expect(Example.inUse.contains("[logs]"))
  }
}

/// `service/qmail-updater.toml`.
private enum Example {
  static var text: String {
    get throws {
      var root = FilePath(#filePath)
      for _ in 1...3 { root.removeLastComponent() }
      return try root.appending("service/qmail-updater.toml").text
    }
  }

  /// The example with every line in use: a comment has a space after its sign.
  static var inUse: String {
    lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0[...] }
      .joined(separator: "\n")
  }

  private static var lines: [String] {
    ((try? text) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The keys in the tables whose header begins so; without one, those before all tables.
  static func keys(ofTables header: String) -> Set<String> {
    var table = ""
    var keys: Set<String> = []
    for line in inUse.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("[") { table = String(line) }
      guard header.isEmpty ? table.isEmpty : table.hasPrefix(header) else { continue }
      if let key = line.firstRange(of: " = ") { keys.insert(String(line[..<key.lowerBound])) }
    }
    return keys
  }
}

// MARK: - Helpers

/// Loads a text as the default file under the scratch directory.
func loadSettings(_ text: String) throws -> Settings {
  try Scratch.directory.appending("etc/qmail-updater.toml").write(text)
  return try SettingsFile.load(root: Root(Scratch.directory))
}

/// The error that the body must throw.
func settingsError(_ body: () throws -> Void) throws -> SettingsError {
  try #require(throws: SettingsError.self, performing: body)
}
