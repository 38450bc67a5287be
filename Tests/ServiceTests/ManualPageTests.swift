import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The manual pages say what the programs do.
@Suite(.scratch, .timeLimit(.minutes(1))) struct ManualPageTests {
  private static let pages = Installation.programs.map { "\($0).8" } + ["qmail-updater.toml.5"]

  private func lines(of page: String) throws -> [Substring] {
    try Installation.file("man/\(page)").text.split(separator: "\n")
  }

  /// The options on a line of mdoc: what follows each `Fl`.
  private func options(in line: Substring) -> [String] {
    let words = line.split(separator: " ")
    return zip(words, words.dropFirst()).filter { $0.0 == "Fl" || $0.0 == ".Fl" }
      .map { "-" + $0.1 }
  }

  /// The words of a help page that start its lines and the names after commas there.
  private func options(inHelp lines: [String]) -> Set<String> {
    let head = lines.drop { $0 != "OPTIONS:" }.dropFirst().filter { $0.hasPrefix("  -") }
    return Set(
      head.flatMap { line in
        line.split(separator: " ").prefix { $0.hasPrefix("-") }.map {
          String($0.hasSuffix(",") ? $0.dropLast() : $0)
        }
      })
  }

  @Test(arguments: Installation.programs)
  func `every option of the help is described, and no other`(_ program: String) throws {
    let help = try Tools.run([try Tools.own(program), "--help"])
    #expect(help.code == 0)
    let described = try lines(of: "\(program).8").filter { $0.hasPrefix(".It Fl ") }
      .flatMap(options)
    #expect(Set(described) == options(inHelp: help.lines))
    #expect(described.count == Set(described).count)
  }

  @Test(arguments: Installation.programs)
  func `every option that is described stands in the synopsis`(_ program: String) throws {
    let lines = try lines(of: "\(program).8")
    let synopsis = lines.drop { $0 != ".Sh SYNOPSIS" }.prefix { $0 != ".Sh DESCRIPTION" }
      .flatMap(options)
      // Letters without values stand together.
      .flatMap { $0.hasPrefix("--") ? [$0] : $0.dropFirst().map { "-\($0)" } }
    let described = lines.filter { $0.hasPrefix(".It Fl ") }.flatMap(options)
    #expect(Set(synopsis) == Set(described).subtracting(["--version", "-h", "--help"]))
  }

  @Test func `every key of the example settings is described, and no other`() throws {
    let set = try keys(ofExample: exampleLines())
    #expect(Set(keys(described: try lines(of: "qmail-updater.toml.5"))) == Set(set))
    #expect(set.contains("only_if_product_exists"))
  }

  @Test func `the keys of the table of limits are described as its keys`() throws {
    let example = try exampleLines().drop { $0 != "#[limits]" }.dropFirst()
    let page = try lines(of: "qmail-updater.toml.5").drop { $0 != ".Ss The table limits" }
    let set = keys(ofExample: example.prefix { !$0.hasPrefix("#[") })
    #expect(keys(described: page.dropFirst().prefix { !$0.hasPrefix(".Ss ") }) == set)
    #expect(set.contains("loss_share"))
  }

  private func exampleLines() throws -> [Substring] {
    try Installation.file("qmail-updater.toml").text.split(separator: "\n")
  }

  private func keys(ofExample lines: some Sequence<Substring>) -> [String] {
    lines.compactMap { line -> String? in
      guard let equals = line.firstIndex(of: "="), line.hasPrefix("#") else { return nil }
      let key = line[line.index(after: line.startIndex)..<equals].trimmingSuffix(" ")
      return key.wholeMatch(of: /[a-z_]+/) == nil ? nil : String(key)
    }
  }

  private func keys(described lines: some Sequence<Substring>) -> [String] {
    lines.filter { $0.hasPrefix(".It Ic ") }
      .flatMap { $0.dropFirst(7).replacing(" ,", with: "").split(separator: " ") }.map(String.init)
  }

  @Test func `every command of the console is described with its key, and no other`() throws {
    let (keys, help) = (Scratch.directory.appending("keys"), Scratch.directory.appending("help"))
    try keys.write("key ?\ndump \(help)\n")
    try FileOperations.makeDirectory(Scratch.directory.pushing("var/qmail/control"))
    try Tools.run(
      [
        try Tools.own("qmail-console"), "--root", Scratch.directory.string, "--keys", keys.string,
      ], environment: ["LINES": "80", "COLUMNS": "100"], timeout: .seconds(10))
    let commands = try help.text.split(separator: "\n")
      .compactMap { $0.firstMatch(of: /^  (\S+) .*:([a-z]+)\s/) }.map { "\($0.1) \($0.2)" }
    let described = try lines(of: "qmail-console.8").compactMap {
      $0.wholeMatch(of: /\.It Ic (?:\\&)?(\S+) (\S+)/)
    }.map { "\($0.1) \($0.2)" }
    #expect(Set(described) == Set(commands))
    #expect(commands.contains("Enter details"))
  }

  @Test(arguments: pages)
  func `mandoc has nothing to say about it`(_ page: String) throws {
    let path = Installation.file("man/\(page)").string
    let said = try Tools.run(["mandoc", "-T", "lint", path]).lines
    // Which other pages are installed here is no matter of ours.
    let complaints = said.filter {
      !$0.contains("referenced manual not found") && !$0.contains("mandoc.db")
    }
    #expect(complaints == [])
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ character: Character) -> Substring {
    var rest = self
    while rest.last == character { rest.removeLast() }
    return rest
  }
}
