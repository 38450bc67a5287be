import ConstantDatabase
import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Trees that real programs made: see the README beside them.
@Suite struct FixtureTreeTests {
  static let trees = ["tree1", "tree2", "tree3", "tree4", "tree5", "tree6", "vpopmail"]

  private func tree(_ name: String) -> FilePath {
    FilePath(#filePath).removingLastComponent().appending("Fixtures").appending(name)
  }

  private func expected(_ name: String) throws -> [String] {
    try tree(name).appending("expected.txt").text.split(separator: "\n").map(String.init)
  }

  @Test(arguments: trees, [1, 2, 5])
  func `the addresses are those of the original program, whatever the number of threads`(
    name: String, workers: Int
  ) throws {
    var builder = RecipientListBuilder(
      ServerLayout(root: Root(tree(name).appending("root"))))
    builder.workerCount = workers
    let list = try builder.build()
    #expect(list.strings.map(\.key) == (try expected(name)))
  }

  @Test(.scratch, arguments: trees)
  func `users assign makes the users cdb of qmail-newu, byte for byte`(name: String) throws {
    let users = ServerLayout(root: Root(tree(name).appending("root"))).users
    let assign = users.appending("assign")
    let file = try UserAssignments(parsing: try FileReading.contents(of: assign), path: assign)
    let built = Scratch.directory.appending("cdb")
    let writer = try ConstantDatabaseWriter(replacing: built)
    for record in file.records { try writer.add(key: record.key, value: record.data) }
    try writer.commit(durably: false)
    #expect(
      try FileReading.contents(of: built) == FileReading.contents(of: users.appending("cdb")))
  }

  @Test(.scratch, arguments: trees.dropLast())
  func `morercpthosts makes the cdb of qmail-newmrh, byte for byte`(name: String) throws {
    let layout = ServerLayout(root: Root(tree(name).appending("root")))
    let contents = try FileReading.contents(of: layout.control("morercpthosts"))
    let built = Scratch.directory.appending("cdb")
    let writer = try ConstantDatabaseWriter(replacing: built)
    let keys = KeyList(parsing: contents)
    for place in keys.places { try writer.add(key: keys.bytes[place], value: []) }
    try writer.commit(durably: false)
    #expect(
      try FileReading.contents(of: built)
        == FileReading.contents(of: layout.control("morercpthosts.cdb")))
  }

  @Test(.scratch, arguments: trees)
  func `cdb -d gives back what was written, and a lookup finds every address`(name: String) throws {
    let list = try RecipientListBuilder(
      ServerLayout(root: Root(tree(name).appending("root")))
    ).build()
    let path = Scratch.directory.appending("validrcptto.cdb")
    _ = try list.update(path)
    let dump = try Tools.run(["cdb", "-d", path.string])
    let lines = try expected(name).map { "+\($0.utf8.count),0:\($0)->" }
    #expect(dump.lines == lines)
    let explainer = RecipientExplainer(
      ServerLayout(root: Root(tree(name).appending("root"))), database: path)
    let addresses = try expected(name).filter { !$0.hasPrefix("@") }
    for address in stride(from: 0, to: addresses.count, by: 12).map({ addresses[$0] }) {
      let explanation = explainer.explain(Array(address.utf8))
      #expect(explanation?.isAccepted == true, "\(address)")
      #expect(explanation?.isOutdated == false, "\(address)")
    }
    #expect(explainer.explain(Array("nobody@elsewhere.example".utf8))?.isAccepted == false)
  }

  @Test(.scratch, arguments: trees)
  func `without users cdb, users assign gives the same addresses`(name: String) throws {
    let root = Scratch.directory.appending("root")
    try Tools.run(["cp", "-R", tree(name).appending("root").string, root.string])
    try FileOperations.remove(root.appending("var/qmail/users/cdb"))
    let list = try RecipientListBuilder(ServerLayout(root: Root(root))).build()
    #expect(list.strings.map(\.key) == (try expected(name)))
  }
}
