import ConstantDatabase
import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch) struct RecipientListTests {
  @Test func `rejects become records with a minus, and excluded keys are left out`() throws {
    let tree = try Tree([
      "var/qmail/control/validrcptto.reject":
        "# spam traps\nAnn@MX.example\n@gone.example\nz@z.z\n",
      "var/qmail/control/validrcptto.exclude": "ann-news@mx.example\nz@z.z\n",
    ])
    let records = try tree.records()
    #expect(
      records.map(\.key) == ["@gone.example", "ann@mx.example", "postmaster@mx.example", "z@z.z"])
    #expect(records.map(\.value) == ["-", "-", "", "-"])
  }

  @Test func `keys are sorted by their bytes and unique, however long and alike they are`() throws {
    let tree = try Tree()
    let domains = ["d.example", "dd.example", "e.example"]
    try tree.addVpopmailDomains(domains)
    var expected: Set<String> = ["ann-news@mx.example", "ann@mx.example", "postmaster@mx.example"]
    for (index, domain) in domains.enumerated() {
      let names = (0..<300).map { number in
        String(repeating: "a", count: number % 37) + String(number % (index + 20), radix: 36)
      }
      try tree.write(
        "home/vpopmail/domains/\(domain)/vpasswd", Tree.vpasswd(names + ["A", "a", "a@b", "é"]))
      for name in names + ["a", "a@b", "é"] { expected.insert("\(name)@\(domain)") }
    }
    let sorted = expected.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for workers in [1, 2, 3, 8] {
      #expect(try tree.addresses { $0.workerCount = workers } == sorted, "\(workers) workers")
    }
  }

  @Test func `a mailbox more is exactly its addresses more`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example", "b.example"])
    try tree.write(
      "var/qmail/users/assign",
      "+a.example-:a.example:89:89:/home/vpopmail/domains/a.example:-::\n"
        + "+b.example-:a.example:89:89:/home/vpopmail/domains/a.example:-::\n.\n")
    var names: [String] = []
    var before = Set(try tree.addresses { $0.keepsGoing = true })
    for number in 0..<20 {
      let name = "user\(String(UInt32.random(in: 0 ... .max), radix: 36))-\(number)"
      names.append(name)
      try tree.write("home/vpopmail/domains/a.example/vpasswd", Tree.vpasswd(names.sorted()))
      let after = Set(try tree.addresses())
      #expect(after.subtracting(before) == ["\(name)@a.example", "\(name)@b.example"])
      #expect(before.isSubset(of: after))
      before = after
    }
  }

  @Test func `the depfile lists all that was read, names of .qmail files by their beginning`()
    throws
  {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    try tree.write("home/vpopmail/domains/a.example/vpasswd", Tree.vpasswd(["ann"]))
    let depfile = tree.path("dep")
    _ = try tree.addresses { $0.noteSources = { try DependencyFile.write($0, to: depfile) } }
    let control = ["locals", "me", "morercpthosts.cdb", "rcpthosts", "smtproutes"]
    let own = ["validrcptto.exclude", "validrcptto.reject", "virtualdomains"]
    let expected =
      ["etc/passwd", "home/ann/.qmail*"]
      + [".qmail*", ".qmail-default", "vpasswd"].map { "home/vpopmail/domains/a.example/\($0)" }
      + ["home/vpopmail/include/vpopmail_config.h", "var/qmail/alias/.qmail*"]
      + (control + own).map { "var/qmail/control/\($0)" }
      + ["var/qmail/users/assign", "var/qmail/users/cdb"]
    #expect(try depfile.text == expected.map { "\(tree.root)/\($0)\n" }.joined())
  }

  @Test func `a file that stops everything is among what was read`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["a.example"])
    try tree.write("var/qmail/users/assign", "rubbish\n")
    var sources: [String] = []
    #expect(throws: FileFormatError.self) {
      try tree.addresses { $0.noteSources = { sources = $0.map(\.description) } }
    }
    #expect(sources.contains(tree.path("var/qmail/users/assign").string))
  }
}

/// What becomes of the .cdb file.
@Suite(.scratch) struct RecipientListUpdateTests {
  private let path = Scratch.directory.appending("var/qmail/control/validrcptto.cdb")

  private func update(_ tree: Tree) throws -> DatabaseUpdate.Outcome {
    try RecipientListBuilder(tree.layout).build().update(path)
  }

  @Test func `the second run writes nothing: the same inode`() throws {
    let tree = try Tree()
    #expect(try update(tree) == .created(3))
    let status = try FileStatus.of(path)
    #expect(status?.mode == 0o644)
    #expect(try update(tree) == .unchanged(3))
    #expect(try FileStatus.of(path) == status)
  }

  @Test func `a changed file keeps its mode, and the change is counted`() throws {
    let tree = try Tree(["var/qmail/control/validrcptto.reject": "old@mx.example\n"])
    _ = try update(tree)
    try Tools.run(["chmod", "600", path.string])
    try tree.write("var/qmail/control/validrcptto.reject", "ann@mx.example\nnew@mx.example\n")
    guard case .changed(let changes) = try update(tree) else {
      Issue.record("the file was not replaced")
      return
    }
    #expect(changes.added == 1 && changes.removed == 1 && changes.changed == 1)
    #expect(changes.before == 4 && changes.after == 4)
    #expect(try FileStatus.of(path)?.mode == 0o600)
    #expect(try ConstantDatabase(opening: path).value(for: "ann@mx.example".utf8) == [0x2d])
  }

  @Test func `the same records in another order are left alone`() throws {
    let tree = try Tree()
    let writer = try ConstantDatabaseWriter(replacing: path)
    for record in try tree.records().reversed() {
      try writer.add(key: record.key.utf8, value: record.value.utf8)
    }
    try writer.commit(durably: false)
    let status = try FileStatus.of(path)
    #expect(try update(tree) == .unchanged(3))
    #expect(try FileStatus.of(path) == status)
  }

  @Test func `a file that is no cdb is replaced`() throws {
    let tree = try Tree(["var/qmail/control/validrcptto.cdb": "rubbish"])
    guard case .repaired = try update(tree) else {
      Issue.record("the file was not repaired")
      return
    }
    #expect(try ConstantDatabase(opening: path).verify() == 3)
  }

  @Test func `records whose tables are damaged are not taken for the same`() throws {
    let tree = try Tree()
    _ = try update(tree)
    var bytes = try FileReading.contents(of: path)
    for index in bytes.indices.suffix(8 * 6) { bytes[index] = 0 }
    try path.write(bytes)
    _ = try update(tree)
    #expect(try ConstantDatabase(opening: path).verify() == 3)
  }
}
