import ConstantDatabase
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Recipients

@Suite(.scratch) struct RecipientMemoryTests {
  private let memory = RecipientMemory(
    circumstances: ["program 1 2 3", "options "],
    database: DatabaseSum(header: 1, records: .max, tables: 0x1234_5678_9abc_def0),
    domains: [
      .init(name: Array("a.example".utf8), stampSum: .max, marks: 7),
      .init(unknown: Array("b example".utf8)), .init(name: [0xff, 0x20], stampSum: 0, marks: .max),
    ])

  @Test func `its text says what it is`() {
    let lines = String(decoding: memory.text, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 10)
    #expect(
      lines.dropFirst().prefix(3) == [
        "program 1 2 3", "options ", "database 1 ffffffffffffffff 123456789abcdef0",
      ])
    #expect(lines[5] == "ffffffffffffffff 7 a.example")
    #expect(lines[6] == "- 0 b example")
    #expect(RecipientMemory(parsing: memory.text) == memory)
  }

  @Test func `no domain at all is a memory, too`() {
    let empty = RecipientMemory(circumstances: [], database: memory.database, domains: [])
    #expect(RecipientMemory(parsing: empty.text) == empty)
  }

  @Test func `a text that is cut, longer or has one bit wrong is none`() {
    let text = memory.text
    for count in text.indices { #expect(RecipientMemory(parsing: Array(text[..<count])) == nil) }
    #expect(RecipientMemory(parsing: text + [10]) == nil)
    for place in text.indices {
      for bit in 0..<8 {
        var other = text
        other[place] ^= 1 << UInt8(bit)
        #expect(RecipientMemory(parsing: other) == nil, "bit \(bit) of byte \(place)")
      }
    }
  }

  @Test func `names that are not in order are none`() {
    let names = ["b", "a"].map { RecipientMemory.Domain(unknown: Array($0.utf8)) }
    let odd = RecipientMemory(circumstances: [], database: memory.database, domains: names)
    #expect(RecipientMemory(parsing: odd.text) == nil)
  }

  @Test func `a link in its place is not followed, and a device is left alone`() throws {
    let path = Scratch.directory.appending("memory")
    let target = Scratch.directory.appending("target")
    try MemoryFile(target).save(memory)
    #expect(MemoryFile(target).load() == memory)
    try Tools.run(["ln", "-s", target.string, path.string])
    #expect(MemoryFile(path).load() == nil)
    try FileOperations.remove(path)
    try Tools.run(["mkfifo", path.string])
    #expect(MemoryFile(path).load() == nil)
    try MemoryFile(path).save(memory)
    #expect(try FileStatus.of(path)?.kind == .fifo)
  }
}

@Suite(.scratch) struct DomainSourcesTests {
  private func sources(_ tree: Tree) throws -> DomainSources {
    var reader = SourceReader()
    let plan = try RecipientPlan(layout: tree.layout, leavesOutAliases: false, reader: &reader)
    let domain = try #require(plan.domains.first { $0.name == Array("d.example".utf8) })
    return try #require(DomainSources(of: domain, in: tree.layout))
  }

  @Test func `a stamp that is too young to be trusted is no stamp`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["d.example"])
    let directory = "home/vpopmail/domains/d.example"
    try tree.write("\(directory)/vpasswd", "")
    var sums: [UInt64] = []
    for name in ["vpasswd", ".qmail-default", ".qmail-x"] {
      try tree.write("\(directory)/\(name)", "x")
      let paths = [tree.path(directory), tree.path("\(directory)/\(name)")]
      let changed = try paths.compactMap { try FileStatus.of($0)?.changed }.max()
      let written = try #require(changed)
      let sources = try sources(tree)
      #expect(sources.stampSum { written + .milliseconds(15) } == nil, "\(name)")
      sums.append(try #require(sources.stampSum { written + .milliseconds(25) }))
      #expect(sources.stampSum { written + .seconds(100) } == sums.last)
    }
    #expect(Set(sums).count == sums.count)
  }

  @Test func `what was read besides makes a reading useless`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["d.example"])
    let sources = try sources(tree)
    let known = Array(sources.sources.dropFirst())
    let marks = try #require(sources.marks(of: DomainReading(number: 0, sources: known)))
    #expect(sources.marked(marks) == known)
    #expect(sources.marks(of: DomainReading(number: 0, sources: [])) == nil)
    let more = known + [.file("/etc/more")]
    #expect(sources.marks(of: DomainReading(number: 0, sources: more)) == nil)
  }
}

@Suite struct DomainNamesTests {
  @Test func `a key is of the domain after its last at sign`() {
    let names = (0..<100).map { "domain\($0).example" } + ["a", "b.c"]
    let domains = DomainNames(names.map { Array($0.utf8) })
    for name in names {
      for local in ["", "x", "a@b", "x@y.z"] {
        #expect(domains.holds(Array("\(local)@\(name)".utf8)))
      }
      #expect(!domains.holds(Array("x\(name)".utf8)))
      #expect(!domains.holds(Array("x@y\(name)".utf8)))
      #expect(!domains.holds(Array("x@\(name)y".utf8)))
    }
    #expect(!domains.holds([]))
    #expect(!DomainNames([]).holds(Array("x@a".utf8)))
  }
}
