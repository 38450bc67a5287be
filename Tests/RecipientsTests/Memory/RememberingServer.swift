import ConstantDatabase
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// A server whose list is kept up to date with a memory, and beside it by full builds.
final class RememberingServer {
  let tree: Tree
  let database: FilePath
  let memory: FilePath
  /// How many domains the last run has listed.
  private(set) var listedCount = 0
  /// vpopmail's domains, and the directory of each.
  var directories: [String: String] = [:]

  /// Makes a server with so many of vpopmail's domains.
  init(domains count: Int) throws {
    tree = try Tree()
    database = tree.path("list.cdb")
    memory = tree.path("state/memory")
    try FileOperations.makeDirectory(memory.removingLastComponent(), mode: 0o700)
    for number in 0..<count { directories["d\(number).example"] = "d\(number).example" }
    try writeDomains()
    for number in 0..<count {
      try writeMailboxes(["ann", "bob\(number)"], in: "d\(number).example")
    }
  }

  func path(_ name: String, in directory: String) -> FilePath {
    tree.path("home/vpopmail/domains/\(directory)/\(name)")
  }

  /// Tells qmail and vpopmail of the domains.
  func writeDomains() throws {
    try tree.addVpopmailDomains([])
    let names = directories.keys.sorted()
    try tree.write(
      "var/qmail/users/assign",
      names.map {
        "+\($0)-:\($0):89:89:/home/vpopmail/domains/\(directories[$0] ?? ""):-::\n"
      }.joined() + ".\n")
    try tree.write("var/qmail/control/virtualdomains", names.map { "\($0):\($0)\n" }.joined())
    try tree.write(
      "var/qmail/control/rcpthosts", (["mx.example"] + names).joined(separator: "\n") + "\n")
    for directory in Set(directories.values) {
      let file = path(".qmail-default", in: directory)
      if try FileStatus.of(file) == nil { try setBouncing(true, directory) }
    }
  }

  func writeMailboxes(_ names: [String], in directory: String) throws {
    try path("vpasswd", in: directory).write(Tree.vpasswd(names))
  }

  func setBouncing(_ isBouncing: Bool, _ directory: String) throws {
    try path(".qmail-default", in: directory).write(
      "| /bin/vdelivermail '' \(isBouncing ? "bounce-no-mailbox" : "/tmp/x")\n")
  }

  /// Waits until no stamp is too young to be trusted.
  func age() throws { try Tools.run(["sleep", "0.03"]) }

  /// Runs with the memory.
  @discardableResult
  func run(
    into path: FilePath? = nil, old: FilePath? = nil, depfile: FilePath? = nil,
    _ change: (inout RecipientListBuilder) -> Void = { _ in }
  ) throws -> DatabaseUpdate.Outcome {
    listedCount = 0
    var builder = RecipientListBuilder(tree.layout)
    builder.progress = { [self] in listedCount = $1 }
    if let depfile { builder.noteSources = { try DependencyFile.write($0, to: depfile) } }
    change(&builder)
    return try RememberingUpdate(builder, MemoryFile(memory), old: old).run(path ?? database)
  }

  /// Runs with the memory and without it, and expects the same.
  func expectSame(
    _ change: (inout RecipientListBuilder) -> Void = { _ in },
    _ comment: Comment = "", at place: SourceLocation = #_sourceLocation
  ) throws {
    try age()
    let (full, fullDepfile) = (tree.path("full.cdb"), tree.path("full.dep"))
    var builder = RecipientListBuilder(tree.layout)
    builder.noteSources = { try DependencyFile.write($0, to: fullDepfile) }
    change(&builder)
    let expected = Result { [builder] in try builder.build().update(full).description }
    let depfile = tree.path("memory.dep")
    let told = Result { try run(depfile: depfile, change).description }
    #expect(text(told) == text(expected), comment, sourceLocation: place)
    #expect(
      try FileReading.contentsIfPresent(of: database)
        == FileReading.contentsIfPresent(of: full), comment, sourceLocation: place)
    #expect(try depfile.text == fullDepfile.text, comment, sourceLocation: place)
  }

  private func text(_ result: Result<String, any Error>) -> String {
    switch result {
    case .success(let text): text
    case .failure(let error): "failed: \(error)"
    }
  }
}
