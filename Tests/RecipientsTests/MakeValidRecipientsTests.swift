import ConstantDatabase
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The program `mkvalidrcptto`, as a process.
@Suite(.scratch, .timeLimit(.minutes(2))) struct MakeValidRecipientsTests {
  private func run(_ tree: Tree, _ arguments: String...) throws -> Tools.Result {
    try Tools.run([try Tools.own("mkvalidrcptto"), "--root", tree.root.string] + arguments)
  }

  @Test func `the addresses go to standard output, without those that are refused`() throws {
    let tree = try Tree(["var/qmail/control/validrcptto.reject": "ann@mx.example\n"])
    let result = try run(tree)
    #expect(result.code == 0)
    #expect(result.lines == ["ann-news@mx.example", "postmaster@mx.example"])
    #expect(try run(tree, "-n").lines == [])
  }

  @Test func `cdbmake and tinycdb take what -m prints`() throws {
    let tree = try Tree(["var/qmail/control/validrcptto.reject": "ann@mx.example\n"])
    let text = tree.path("text")
    try text.write(try run(tree, "-m").bytes)
    #expect(try text.text.hasSuffix("->\n\n"))
    #expect(try run(tree, "-c", tree.path("ours").string).code == 0)
    let (tiny, free) = (tree.path("tiny"), tree.path("free"))
    try Tools.run(["cdb", "-c", tiny.string, text.string])
    try Tools.run(["cdbmake", free.string, free.string + ".tmp"], input: text)
    let ours = try FileReading.contents(of: tree.path("ours"))
    #expect(try FileReading.contents(of: tiny) == ours)
    #expect(try FileReading.contents(of: free) == ours)
  }

  @Test func `a second run leaves the file alone, and -v says so`() throws {
    let tree = try Tree()
    let first = try run(tree, "-v", "-c", "/var/qmail/control/validrcptto.cdb")
    #expect(first.lines.last?.hasSuffix("created, 3 records") == true, "\(first.text)")
    let status = try FileStatus.of(tree.layout.validRecipients)
    let second = try run(tree, "-vc", "/var/qmail/control/validrcptto.cdb")
    #expect(second.lines.last?.hasSuffix("unchanged, 3 records") == true)
    #expect(second.lines.first?.hasPrefix("mkvalidrcptto: mx.example") == true)
    #expect(try FileStatus.of(tree.layout.validRecipients) == status)
    #expect(try run(tree, "-c", "/var/qmail/control/validrcptto.cdb").lines == [])
  }

  @Test func `an error writes nothing and ends with 111`() throws {
    let tree = try Tree()
    #expect(try run(tree, "-c", tree.path("x.cdb").string).code == 0)
    let before = try FileReading.contents(of: tree.path("x.cdb"))
    try tree.write("var/qmail/control/rcpthosts", "mx.example\nlost.example\n")
    let result = try run(
      tree, "-c", tree.path("x.cdb").string, "--depfile", tree.path("dep").string)
    #expect(result.code == 111)
    #expect(result.lines.count == 1)
    #expect(
      result.lines.first?.hasPrefix("mkvalidrcptto: fatal: unable to list lost.example: ") == true)
    #expect(try FileReading.contents(of: tree.path("x.cdb")) == before)
    let kept = try run(tree, "-c", tree.path("x.cdb").string, "--keep-going")
    #expect(kept.code == 0)
    #expect(kept.lines.first?.hasPrefix("mkvalidrcptto: warning: ") == true)
  }

  @Test(
    arguments: [
      ["-z"], ["-m", "-c", "x"], ["--memory", "m"], ["-c", "x", "--old", "y"],
      ["--explain", "nobody"], ["-c"], ["--qmail", "relative"], ["word"],
    ])
  func `wrong arguments end with 2`(arguments: [String]) throws {
    let result = try Tools.run([try Tools.own("mkvalidrcptto")] + arguments)
    #expect(result.code == 2)
    #expect(result.lines.first?.hasPrefix("mkvalidrcptto: fatal: ") == true)
  }

  @Test func `explain answers from the files and the cdb in use`() throws {
    let tree = try Tree()
    let fresh = try run(tree, "--explain", "ann@mx.example")
    #expect(fresh.code == 0)
    #expect(fresh.lines.first == "ann@mx.example: accepted")
    #expect(fresh.lines.contains { $0.hasSuffix("from \(tree.root)/etc/passwd line 4") })
    #expect(
      try run(tree, "--explain", "eve@mx.example").lines.first == "eve@mx.example: refused")
    #expect(
      try run(tree, "-n", "--explain", "ann@mx.example").lines.first?.hasSuffix("refused") == true)
  }

  @Test func `the depfile lists what was read, progress shows nothing without a terminal`() throws {
    let tree = try Tree()
    let depfile = tree.path("dep")
    let result = try run(tree, "--progress", "--depfile", depfile.string)
    #expect(result.lines.count == 3)
    let lines = try depfile.text.split(separator: "\n")
    #expect(lines.contains("\(tree.root)/home/ann/.qmail*"))
    #expect(lines.contains("\(tree.root)/etc/passwd"))
    #expect(lines.allSatisfy { $0.hasPrefix("/") })
  }

  @Test(arguments: ["--explain ", "--explain="])
  func `an address that is not UTF-8 is explained by its bytes`(option: String) throws {
    let tree = try Tree(["etc/shadow": ""])
    try tree.addVpopmailDomains(["d.example"])
    // The shell makes the bytes, since a test's own arguments are text.
    let script = #"""
      name=$(printf 'caf\351')
      echo "$name:\$1\$s\$h:1:0::/d:q" >"$2/home/vpopmail/domains/d.example/vpasswd"
      "$1" --root "$2" OPTION"$name@d.example"
      """#.replacing("OPTION", with: option)
    for program in ["mkvalidrcptto", "mkauth"] {
      let tool = try Tools.own(program)
      let result = try Tools.run(["sh", "-c", script, "sh", tool, tree.root.string])
      let said = String(decoding: result.bytes, as: UTF8.self)
      #expect(said.hasPrefix(#"caf\xe9@d.example: accepted"#), "\(result.text)")
    }
  }

  @Test(arguments: ["mkvalidrcptto", "mkauth"])
  func `on a terminal progress draws a bar, and wipes it at the end`(program: String) throws {
    let tree = try Tree(["etc/shadow": ""])
    try tree.addVpopmailDomains(["d.example"])
    try tree.write("home/vpopmail/domains/d.example/vpasswd", Tree.vpasswd(["bob"]))
    let tool = try Tools.own(program)
    func drawn(_ options: String) throws -> String {
      let line = "'\(tool)' --root '\(tree.root)' -c /list.cdb \(options)"
      let result = try Tools.run(["script", "-qec", line, "/dev/null"])
      #expect(result.code == 0, "\(result.text)")
      return String(decoding: result.bytes, as: UTF8.self)
    }
    let bar = try drawn("--progress")
    #expect(bar.hasPrefix("\r[-"), "\(VisibleText.escape(bar))")
    #expect(bar.contains(" domains\u{1b}[K"), "\(VisibleText.escape(bar))")
    #expect(bar.hasSuffix("\r\u{1b}[K"), "\(VisibleText.escape(bar))")
    #expect(try !drawn("").contains("\u{1b}"))
  }

  @Test(arguments: [
    ("mkvalidrcptto", "", "ann-X@mx.example"), ("mkvalidrcptto", "-m", "+20,0:ann-X@mx.example->"),
    ("mkauth", "", #"+3,22:ann->$1$salt$hash,V="X""#),
  ])
  func `no control byte of a file reaches a terminal, and a pipe gets it as it is`(
    program: String, option: String, line: String
  ) throws {
    let tree = try Tree([
      "home/ann/.qmail-\u{1b}[31m": "", "etc/shadow": "ann:$1$salt$hash:::::::\n",
      "var/qmail/control/auth.vars": "ann V=\"\u{1b}[31m\"\n",
    ])
    let command =
      [try Tools.own(program), "--root", tree.root.string] + (option.isEmpty ? [] : [option])
    let piped = String(decoding: try Tools.run(command).bytes, as: UTF8.self)
    #expect(piped.contains(line.replacing("X", with: "\u{1b}[31m") + "\n"))
    let quoted = command.map { "'\($0)'" }.joined(separator: " ")
    let result = try Tools.run(["script", "-qec", quoted, "/dev/null"])
    let shown = String(decoding: result.bytes, as: UTF8.self)
    #expect(shown.contains(line.replacing("X", with: #"\x1b[31m"#)), "\(VisibleText.escape(shown))")
    #expect(!shown.contains("\u{1b}"))
  }

  @Test func `qmail and vpopmail may lie elsewhere in the tree`() throws {
    let tree = try Tree()
    try Tools.run(["mv", tree.path("var/qmail").string, tree.path("opt").string])
    #expect(try run(tree, "--qmail", "/opt").code == 0)
    #expect(try run(tree).code == 111)
  }

  @Test func `a device that is named for the depfile or the memory stays one`() throws {
    let tree = try Tree()
    let device = tree.path("null")
    try Tools.run(["mknod", "-m", "666", device.string, "c", "1", "3"])
    for option in ["--depfile", "--memory"] {
      let result = try run(tree, "-c", tree.path("x.cdb").string, option, device.string)
      #expect(result.code == 0, "\(result.text)")
      #expect(try FileStatus.of(device)?.kind == .other, "\(option)")
    }
  }

  @Test func `killed at any moment, with a memory, the next run makes what a full one does`() throws
  {
    let tree = try Tree()
    let names = (0..<20).map { "d\($0).example" }
    try tree.addVpopmailDomains(names)
    func fill(_ name: String, _ count: Int) throws {
      try tree.write(
        "home/vpopmail/domains/\(name)/vpasswd", Tree.vpasswd((0..<count).map { "user\($0)" }))
    }
    for name in names { try fill(name, 300) }
    let (path, memory) = (tree.layout.validRecipients, tree.path("memory"))
    let command = [
      try Tools.own("mkvalidrcptto"), "--root", tree.root.string, "-c", path.string, "--memory",
      memory.string,
    ]
    try Tools.run(command)
    for round in 0..<20 {
      let before = try FileReading.contents(of: path)
      for name in names.shuffled().prefix(3) { try fill(name, Int.random(in: 290...310)) }
      let full = tree.path("full.cdb")
      _ = try RecipientListBuilder(tree.layout).build().update(full)
      let expected = try FileReading.contents(of: full)
      try Tools.run(["timeout", "-s", "KILL", String(Double.random(in: 0...0.2))] + command)
      let left = try FileReading.contents(of: path)
      #expect(left == before || left == expected, "round \(round)")
      #expect(try Tools.run(command).code == 0)
      #expect(try FileReading.contents(of: path) == expected, "round \(round)")
    }
  }

  @Test func `killed at any moment it leaves the old file or the new one`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains((0..<20).map { "d\($0).example" })
    let path = tree.layout.validRecipients
    func fill(_ count: Int) throws {
      for number in 0..<20 {
        try tree.write(
          "home/vpopmail/domains/d\(number).example/vpasswd",
          Tree.vpasswd((0..<count).map { "user\($0)" }))
      }
    }
    try fill(500)
    _ = try RecipientListBuilder(tree.layout).build().update(path)
    let tool = try Tools.own("mkvalidrcptto")
    for round in 0..<30 {
      let before = try ConstantDatabase(opening: path).verify()
      try fill(round.isMultiple(of: 2) ? 400 : 500)
      let delay = String(Double.random(in: 0...0.3))
      try Tools.run([
        "timeout", "-s", "KILL", delay, tool, "--root", tree.root.string, "-c", path.string,
      ])
      let after = try ConstantDatabase(opening: path).verify()
      let new = try RecipientListBuilder(tree.layout).build().strings.count
      #expect(after == before || after == new, "round \(round), killed after \(delay) s")
    }
  }
}
